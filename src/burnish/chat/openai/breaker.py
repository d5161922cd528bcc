"""Is it the pair or the server? A pair is blamed only while the server answers others; a server that stays down ends
the run resumably, before any pair is blamed (hazards 48-50).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from burnish.chat.openai.pacing import jittered
from burnish.errors import StopError

Control = Callable[[], Awaitable[str]]
"""Asks the server something that is known to work; gives "" if it does, else what was wrong."""

_IN_A_ROW = 8
"""Failures without one answer in between: after so many, calls wait until the control question is answered."""

_REFUSED_IN_A_ROW = 3
"""Rejections without one answer in between: one pair can have two, its image being tried smaller."""

_SPARE_REPEATS = 500
_REPEATS_PER_ANSWER = 0.25
"""A run may repeat so many calls. A server that fails more often than that costs more than it is worth."""

_BUSY_PATIENCE = 5
"""A server that says "later" is alive: it gets so many times the patience of one that is silent."""


class Breaker:
    """Counts what fails; closes the way for everyone while the server is down. Belongs to one event loop."""

    def __init__(self, control: Control, *, patience_s: float, backoff_s: float) -> None:
        """`patience_s`: how long the server may be down."""
        self._control = control
        self._patience_s = patience_s
        self._backoff_s = backoff_s
        self._failed_in_a_row = 0
        self._refused_in_a_row = 0
        self._repeats = 0
        self._answers = 0
        self._busy_since: float | None = None
        self._scout: asyncio.Task[None] | None = None
        self._doubting = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether calls have to wait in `passing`."""
        return self._scout is not None

    async def passing(self) -> None:
        """Return when calls may be made. Raises `StopError` if the server stays down."""
        while (scout := self._scout) is not None:
            await asyncio.shield(scout)

    def answered(self) -> None:
        """A call was answered."""
        self._answers += 1
        self._failed_in_a_row = self._refused_in_a_row = 0
        self._busy_since = None

    def failed(self, detail: str) -> None:
        """A call failed and will be repeated. Raises `StopError` if too many are."""
        self._repeats += 1
        self._failed_in_a_row += 1
        if self._repeats > _SPARE_REPEATS + _REPEATS_PER_ANSWER * self._answers:
            raise StopError(
                f"the server fails too often: {self._repeats:,} calls had to be repeated for {self._answers:,} "
                f"answers, the last one because of: {detail}\n"
                "No pair is blamed. Mend the server, then run the same command again."
            )
        if self._failed_in_a_row >= _IN_A_ROW:
            self._send_scout()

    def busy(self, detail: str) -> None:
        """The server asked for patience. Raises `StopError` when there is none left."""
        now = asyncio.get_running_loop().time()
        self._busy_since = self._busy_since or now
        if now - self._busy_since > _BUSY_PATIENCE * self._patience_s:
            raise StopError(
                f"the server has turned every call away for {now - self._busy_since:,.0f} s: {detail}\n"
                "Run the same command again when it has room."
            )

    async def refused(self, detail: str) -> None:
        """The server would not take a request. Raises `StopError` if it takes none at all."""
        self._refused_in_a_row += 1
        async with self._doubting:  # one control question for all that were refused together
            if self._refused_in_a_row < _REFUSED_IN_A_ROW:
                return
            wrong = await self._control()
            if wrong:
                raise StopError(
                    f"the server takes no request any more, not even a plain one ({wrong}).\n"
                    f"The last one: {detail}\nNo pair is blamed. Mend it, then run the same command again."
                )
            self._refused_in_a_row = 0

    async def well(self) -> None:
        """Return once the server has answered the control question. Raises `StopError` if it stays down."""
        self._send_scout()
        await self.passing()

    async def is_well(self) -> bool:
        """Whether the server answers the control question now."""
        return not await self._control()

    def _send_scout(self) -> None:
        if self._scout is None:
            self._scout = asyncio.create_task(self._until_well())
            self._scout.add_done_callback(_seen)

    async def _until_well(self) -> None:
        """Ask the control question until it is answered; then, or when the patience ends, the way is open again."""
        loop = asyncio.get_running_loop()
        started, tries = loop.time(), 0
        try:
            while wrong := await self._control():
                down_s = loop.time() - started
                if down_s > self._patience_s:
                    raise StopError(
                        f"the server has not answered for {down_s:,.0f} s: {wrong}\n"
                        "No pair is blamed. Mend it, then run the same command again: it goes on from here."
                    )
                tries += 1
                await asyncio.sleep(jittered(self._backoff_s, tries))
        finally:
            self._failed_in_a_row = 0
            self._scout = None


def _seen(task: asyncio.Task[None]) -> None:
    """Whoever waits gets the error; where nobody does, it is no news at the end of the program."""
    if not task.cancelled():
        task.exception()
