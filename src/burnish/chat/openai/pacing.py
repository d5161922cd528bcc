"""How many calls at once: grows while the server keeps up, halves when it does not, stands still when it asks for it.

Additive increase, multiplicative decrease, with a doubling start, as in TCP (RFC 5681).
"""

from __future__ import annotations

import asyncio
import random
from collections import deque

_START = 16
_LONGEST_PAUSE_S = 30.0


class Pacer:
    """Hands out places. All methods belong to one event loop."""

    def __init__(self, most: int) -> None:
        """At most `most` calls at once."""
        self._most = most
        self.limit = float(min(_START, most))
        self._starting = True
        self._flying = 0
        self._round = 0
        self._resume_at = 0.0
        self._paused = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> int:
        """Wait for a place; gives the number of the round it belongs to."""
        loop = asyncio.get_running_loop()
        while self._paused or self._flying >= int(self.limit):
            place: asyncio.Future[None] = loop.create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                self._wake()
                raise
        self._flying += 1
        return self._round

    def leave(self) -> None:
        """Give the place back."""
        self._flying -= 1
        self._wake()

    def kept_up(self) -> None:
        """A call was answered in good time."""
        if self.limit < self._most:
            self.limit = min(self._most, self.limit + (1 if self._starting else 1 / self.limit))
            self._wake()

    def too_much(self, of_round: int) -> None:
        """A call was refused or slow. All calls of one round halve the limit once: they met the same overload."""
        self._starting = False
        if of_round == self._round:
            self._round += 1
            self.limit = max(1.0, self.limit / 2)

    def pause(self, seconds: float) -> None:
        """No new call for so long; a little is added, so that not all clients of a server come back at once."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds * random.uniform(1.0, 1.1)
        if until > self._resume_at:
            self._resume_at, self._paused = until, True
            loop.call_at(until, self._resume, until)

    def _resume(self, until: float) -> None:
        if until == self._resume_at:  # else a later pause goes on
            self._paused = False
            self._wake()

    def _wake(self) -> None:
        free = 0 if self._paused else int(self.limit) - self._flying
        while self._waiting and free > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1


def jittered(first_s: float, tries: int) -> float:
    """A pause before try number `tries` + 1, anywhere between none and a bound that doubles (full jitter)."""
    return random.uniform(0, min(_LONGEST_PAUSE_S, first_s * 2 ** min(tries, 30)))
