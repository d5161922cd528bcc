"""robots.txt (RFC 9309): asked once for each origin, kept for the process, in bounded memory (hazard 69)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from burnish.errors import MissingExtra
from burnish.fetching import FetchError
from burnish.fetching.optouts import AGENT
from burnish.fetching.targets import Target
from burnish.fetching.wire import Answer
from burnish.values import Reason

if TYPE_CHECKING:
    from protego import Protego

CAP_BYTES: Final = 500 * 1024
"""RFC 9309, 2.5: at least 500 KiB are to be parsed; a file beyond that is cut, not refused."""

_MOST: Final = 4_000
_PATH: Final = "/robots.txt"

Ask: TypeAlias = Callable[[Target], Awaitable[Answer]]


class Robots:
    """What origins allow. Belongs to one event loop."""

    def __init__(self, ask: Ask) -> None:
        """`ask` fetches a target, redirects followed. Raises `MissingExtra`."""
        try:
            from protego import Protego
        except ImportError as error:
            raise MissingExtra("reading robots.txt", "fetch") from error
        self._ask = ask
        self._parse: Callable[[str], Protego] = Protego.parse
        self._known: OrderedDict[str, asyncio.Task[Protego | None]] = OrderedDict()

    async def check(self, target: Target) -> None:
        """Raises `FetchError` (robots_refused) if the origin does not want `target` fetched, or cannot say; else what
        the asking raised.
        """
        task = self._known.get(target.origin)
        if task is None:
            task = self._known[target.origin] = asyncio.create_task(self._learn(target))
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        try:
            rules = await asyncio.shield(task)
        except FetchError:
            if self._known.get(target.origin) is task:
                del self._known[target.origin]  # it may be back for the next one
            raise
        if rules is not None and not rules.can_fetch(target.url, AGENT):
            detail = f"robots.txt of {target.origin} does not allow {AGENT} here"
            raise FetchError(Reason.ROBOTS_REFUSED, detail[:300], retryable=False)

    async def _learn(self, target: Target) -> Protego | None:
        """The rules of an origin; None if it has none. 5xx means: nothing, for now (RFC 9309, 2.3.1.4)."""
        answer = await self._ask(replace(target, path=_PATH))
        if answer.status >= 500:
            detail = f"robots.txt of {target.origin} could not be read (status {answer.status})"
            raise FetchError(Reason.ROBOTS_REFUSED, detail[:300], again=True)
        if answer.status != 200:
            return None
        return self._parse(answer.body[:CAP_BYTES].decode("utf-8", "replace"))
