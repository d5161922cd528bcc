"""What waits becomes batches: a worker that is free takes as much as is there, up to the plan's batch size, at once.

So a single pair never waits for others to come, and under load batches fill by themselves. The queue is bounded in
pairs and in bytes; who cannot be taken is told when to come again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from burnish.serve.team import Asked
from burnish.serve.worker import Batch, Done
from burnish.values import Pair

AHEAD = 1
"""Batches beyond one a worker: none waits for the event loop to hand it the next."""
_MEAN_OF = 0.2
"""Weight of the newest batch in the mean time a pair takes."""
LEAST_S, MOST_S = 1, 60
"""Bounds of what is said in Retry-After."""


class FullError(Exception):
    """There is no room; after `wait_s` seconds there may be."""

    def __init__(self, wait_s: int) -> None:
        """`wait_s` for the Retry-After header."""
        super().__init__(f"no room for {wait_s} s")
        self.wait_s = wait_s


class Watching(Protocol):
    """Who counts what happens."""

    def waiting(self, pairs: int) -> None:
        """So many pairs wait now."""
        ...

    def batch(self, route: str, batch: Batch) -> None:
        """A batch was answered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much may wait: `pairs`, and `size_bytes` of their images and texts."""

    pairs: int
    size_bytes: int


@dataclass(slots=True)
class _Waiting:
    route: str
    pair: Pair
    size: int
    answer: asyncio.Future[Done]


class Dispatch:
    """The queue before a team. Belongs to one event loop."""

    def __init__(self, team: Asked, batch_size: int, room: Room, watching: Watching) -> None:
        """`batch_size` pairs at most go to a worker at once."""
        self._team = team
        self._batch_size = batch_size
        self._room = room
        self._watching = watching
        self._queue: deque[_Waiting] = deque()
        self._size = 0
        self._running: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()
        self._pair_s = 0.0

    def take(self, route: str, pair: Pair) -> asyncio.Future[Done]:
        """The answer that will come. Raises `FullError`; the future raises `BurnishError` if the environment fails."""
        size = len(pair.image) + len(pair.text)
        if not self._fits(size):
            raise FullError(self.wait_s())
        waiting = _Waiting(route, pair, size, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._size += size
        self._pump()
        return waiting.answer

    async def take_when_free(self, route: str, pair: Pair) -> asyncio.Future[Done]:
        """As `take`, but waits for room instead of raising."""
        while not self._fits(len(pair.image) + len(pair.text)):
            self._freed.clear()
            await self._freed.wait()
        return self.take(route, pair)

    @property
    def waiting(self) -> int:
        """Pairs that no worker has taken yet."""
        return len(self._queue)

    def wait_s(self) -> int:
        """In how many seconds what waits now will be done, by the time pairs took lately."""
        ahead = len(self._queue) * self._pair_s / self._team.width
        return int(min(MOST_S, max(LEAST_S, round(ahead))))

    def _fits(self, size: int) -> bool:
        """Whether there is room; an empty queue has room for anything, or a large pair would never come in."""
        if not self._queue:
            return True
        return len(self._queue) < self._room.pairs and self._size + size <= self._room.size_bytes

    def _pump(self) -> None:
        while self._queue and len(self._running) < self._team.width + AHEAD:
            batch = list(self._next())
            task = asyncio.ensure_future(self._ask(batch))
            self._running.add(task)
            task.add_done_callback(partial(self._ended, batch))
        self._watching.waiting(len(self._queue))

    def _next(self) -> Iterator[_Waiting]:
        """The pairs of the next batch: those of the route that waits longest, in order."""
        route = self._queue[0].route
        left: deque[_Waiting] = deque()
        taken = 0
        while self._queue and taken < self._batch_size:
            waiting = self._queue.popleft()
            if waiting.route != route:
                left.append(waiting)
                continue
            self._size -= waiting.size
            if not waiting.answer.cancelled():  # whoever asked has gone
                taken += 1
                yield waiting
        self._queue.extendleft(reversed(left))

    async def _ask(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        started = time.monotonic()
        route = batch[0].route
        answered = await self._team.ask(route, [_numbered(waiting.pair, at) for at, waiting in enumerate(batch)])
        took = (time.monotonic() - started) / len(batch)
        self._pair_s = took if not self._pair_s else (1 - _MEAN_OF) * self._pair_s + _MEAN_OF * took
        self._watching.batch(route, answered)
        for waiting, done in zip(batch, answered.done, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(done)

    def _ended(self, batch: list[_Waiting], task: asyncio.Task[None]) -> None:
        """Nobody may wait for ever: whatever ended a batch ends all who wait for it."""
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        for waiting in batch:
            if waiting.answer.done():
                continue
            if error is None:
                waiting.answer.cancel()
            else:
                waiting.answer.set_exception(error)
        self._freed.set()
        self._pump()


def _numbered(pair: Pair, ordinal: int) -> Pair:
    """`pair` by its place in the batch: the flow tells pairs apart by it."""
    return replace(pair, origin=replace(pair.origin, ordinal=ordinal))
