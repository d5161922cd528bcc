"""Names to addresses, once: what was checked is what is dialled (hazards 66 and 67, DNS rebinding)."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeAlias

from burnish.fetching import FetchError
from burnish.fetching.addresses import Address, Network, permitted
from burnish.fetching.targets import Target
from burnish.values import Reason

Resolve: TypeAlias = Callable[[str], Sequence[str]]
"""All addresses of a host as text. Blocks; raises ``socket.gaierror``."""

_THREADS: Final = 32
_FRESH_S: Final = 60.0
_MOST: Final = 20_000
_TRANSIENT: Final = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM, socket.EAI_MEMORY})


def system_resolver(host: str) -> list[str]:
    """The system's answer."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


class Names:
    """Resolves and checks hosts. Belongs to one event loop."""

    def __init__(self, resolve: Resolve, allowed: Sequence[Network]) -> None:
        """`allowed` networks may be dialled although they are not public."""
        self._resolve = resolve
        self._allowed = allowed
        self._known: OrderedDict[str, tuple[float, list[Address]]] = OrderedDict()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="burnish-names")

    async def addresses(self, target: Target) -> list[Address]:
        """The addresses of the target, every one of them permitted. Raises `FetchError` (no_address,
        address_refused): one address that must not be dialled is enough to dial none.
        """
        found = [target.address] if target.address is not None else await self._looked_up(target.host)
        wrong = next((address for address in found if not permitted(address, self._allowed)), None)
        if wrong is not None:
            detail = f"{target.host} leads to {wrong}, which is not on the public internet"
            raise FetchError(Reason.ADDRESS_REFUSED, detail[:300], retryable=target.address is None)
        self._known[target.host] = (asyncio.get_running_loop().time(), found)
        self._known.move_to_end(target.host)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        return found

    def checked(self, host: str) -> list[Address]:
        """What `addresses` found last. Empty if it was never asked: then there is nothing to dial."""
        return self._known.get(host, (0.0, []))[1]

    def forget(self, host: str) -> None:
        """Ask again next time."""
        self._known.pop(host, None)

    def close(self) -> None:
        """End the threads; those that wait for a name server are left behind."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _looked_up(self, host: str) -> list[Address]:
        loop = asyncio.get_running_loop()
        since, known = self._known.get(host, (0.0, []))
        if known and loop.time() - since < _FRESH_S:
            return known
        try:
            texts = await loop.run_in_executor(self._pool, self._resolve, host)
        except socket.gaierror as error:
            raise FetchError(
                Reason.NO_ADDRESS,
                f"{host} has no address: {error.strerror}"[:300],
                again=error.errno in _TRANSIENT,
                suspect=True,
                local=error.errno in _TRANSIENT,
            ) from error
        except (UnicodeError, OSError) as error:
            raise FetchError(Reason.NO_ADDRESS, f"{host} has no address: {error}"[:300], suspect=True) from error
        if not texts:
            raise FetchError(Reason.NO_ADDRESS, f"{host} has no address", suspect=True)
        return [ipaddress.ip_address(text) for text in dict.fromkeys(texts)]
