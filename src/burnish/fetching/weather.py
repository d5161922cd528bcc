"""Is it the URL or our own network? No pair is blamed for a name server that is wrong (img2dataset 452, hazard rule 1).

A failure that may be ours is held back. Any answer from any host clears what is held: the network works, so the URLs
are at fault. When too many come in a row, or nothing else is left to wait for, a host that has answered before is
asked; if that fails too, the run stops and nothing that is held was blamed. So it does if none has ever answered, when
nothing is in flight any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

from burnish.errors import StopError
from burnish.fetching import FetchError
from burnish.fetching.targets import Target

Control = Callable[[Target], Awaitable[bool]]
"""Whether a host that has answered before does so now."""

_QUIET_S: Final = 0.5
"""The reader hands out its next URLs within milliseconds; after this long with nothing in flight there are none."""


class Weather:
    """Counts suspects. Belongs to one event loop."""

    def __init__(self, breaker: int, control: Control) -> None:
        """`breaker`: so many suspects in a row are too many; 0: every failure is the URL's."""
        self._breaker = breaker
        self._control = control
        self._good: Target | None = None
        self._in_a_row = 0
        self._flying = 0
        self._held: dict[asyncio.Future[None], FetchError] = {}
        self._stopped: StopError | None = None
        self._judging: asyncio.Task[None] | None = None

    @contextmanager
    def flying(self) -> Iterator[None]:
        """Around each URL's whole way."""
        if self._stopped is not None:
            raise self._stopped
        self._flying += 1
        try:
            yield
        finally:
            self._flying -= 1
            self._listen()
            if not self._flying and not self._held:  # all have been told: the next ones may find it mended
                self._stopped = None

    def answered(self, target: Target) -> None:
        """A host has answered, whatever it said."""
        self._good = target
        self._in_a_row = 0
        self._clear()

    async def doubt(self, error: FetchError) -> None:
        """Return when the URL is to blame for `error`. Raises `StopError` if the network is."""
        if not self._breaker:
            return
        if self._stopped is not None:
            raise self._stopped
        self._in_a_row += 1
        held = asyncio.get_running_loop().create_future()
        self._held[held] = error
        if self._in_a_row >= self._breaker and self._good is not None:
            self._judge()  # else those in flight may still be answered, and the reader hands out no end of others
        self._flying -= 1
        self._listen()
        try:
            await held
        finally:
            self._flying += 1
            self._held.pop(held, None)

    def _listen(self) -> None:
        if self._held and not self._flying:
            asyncio.get_running_loop().call_later(_QUIET_S, self._if_quiet)

    def _if_quiet(self) -> None:
        if self._held and not self._flying:
            self._judge()

    def _judge(self) -> None:
        if self._judging is None or self._judging.done():
            self._judging = asyncio.create_task(self._judged())

    async def _judged(self) -> None:
        good, errors = self._good, list(self._held.values())
        many = self._in_a_row >= self._breaker
        if good is not None:
            works = await self._control(good)
        else:
            works = not many and not any(error.local for error in errors)
        if works:
            self._in_a_row = 0 if good is not None else self._in_a_row
            self._clear()
            return
        last = errors[-1] if errors else "no answer"
        self._stopped = StopError(
            f"{self._in_a_row:,} fetches in a row failed and no host answers, the last one: {last}\n"
            "This looks like this machine's network or name server, so no pair is blamed for them.\n"
            "Mend it and run the same command again; if the URLs really are all dead: --set breaker=0"
        )
        for held in self._held:
            if not held.done():
                held.set_exception(self._stopped)

    def _clear(self) -> None:
        for held in self._held:
            if not held.done():
                held.set_result(None)
