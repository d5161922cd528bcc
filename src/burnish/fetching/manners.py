"""How often one host is asked: so many at once, so many a second, and not before it said (hazard 68)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

_MOST: Final = 20_000
"""Hosts remembered; those asked longest ago are forgotten first, but never one that is being asked."""


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    next_at: float = 0.0
    users: int = 0


class Manners:
    """Places at hosts. Belongs to one event loop."""

    def __init__(self, per_host: int, rate: float) -> None:
        """`per_host` requests at once, `rate` starts a second; 0: no limit to the rate."""
        self._per_host = per_host
        self._apart_s = 1 / rate if rate else 0.0
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @asynccontextmanager
    async def place(self, name: str) -> AsyncIterator[None]:
        """Wait until the host may be asked, hold the place meanwhile."""
        host = self._host(name)
        host.users += 1
        try:
            async with host.places:
                loop = asyncio.get_running_loop()
                while (wait_s := host.next_at - loop.time()) > 0:  # noqa: ASYNC110 - a pause may have come meanwhile
                    await asyncio.sleep(wait_s)
                host.next_at = max(loop.time(), host.next_at) + self._apart_s
                yield
        finally:
            host.users -= 1

    def pause(self, name: str, seconds: float) -> None:
        """No new request to the host for so long."""
        host = self._host(name)
        host.next_at = max(host.next_at, asyncio.get_running_loop().time() + seconds)

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host(asyncio.Semaphore(self._per_host))
        self._hosts.move_to_end(name)
        while len(self._hosts) > _MOST:
            oldest, idle = next(iter(self._hosts.items()))
            if idle.users:
                break
            del self._hosts[oldest]
        return host
