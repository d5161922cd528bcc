"""The worker processes of a server: as many as the plan says, asked from the event loop, made anew if one dies."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from burnish.engines import processes
from burnish.engines.local import worker_count
from burnish.errors import StopError
from burnish.plan import Plan
from burnish.serve import worker
from burnish.serve.worker import ROUTES, Batch
from burnish.values import Pair
from burnish.web import TOKEN_VARIABLE


class Asked(Protocol):
    """Who answers batches; `width` of them at once."""

    width: int

    async def ask(self, route: str, pairs: Sequence[Pair]) -> Batch:
        """One answer per pair, in order. Raises `StopError` if the environment fails."""
        ...


class Team:
    """`width` processes with a model each. `identity` names the model, `cannot` says by route why it cannot do that."""

    def __init__(self, plan: Plan) -> None:
        """Loads the model in every process, so that what is wrong with it is said now. Raises `BurnishError`."""
        self.width = worker_count(plan)
        self._plan = plan
        self._pool = self._made()
        self.identity = ""
        self.cannot: dict[str, str] = {}
        try:
            asked = [processes.submit(self._pool, worker.look, "assess") for _ in range(self.width)]
            self.identity = {processes.result(future)[0] for future in asked}.pop()
            for route in ROUTES:
                self.cannot[route] = processes.result(processes.submit(self._pool, worker.look, route))[1]
        except BaseException:
            self.end()
            raise

    async def ask(self, route: str, pairs: Sequence[Pair]) -> Batch:
        """As `Asked.ask`; after a death the next question goes to new processes."""
        pool = self._pool
        try:
            future = processes.submit(pool, worker.answer, route, pairs)
        except StopError:
            self._again(pool)
            raise
        try:
            return await asyncio.wrap_future(future)
        except BrokenProcessPool as error:
            self._again(pool)
            raise StopError("a worker process died, often for want of memory. Ask again.") from error

    def end(self) -> None:
        """End all processes at once."""
        processes.end(self._pool)

    def _made(self) -> ProcessPoolExecutor:
        environment = {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
        return processes.pool(self.width, worker.start, self._plan, environment)

    def _again(self, broken: ProcessPoolExecutor) -> None:
        if self._pool is broken:
            self._pool = self._made()
            processes.end(broken)
