"""Shards on this machine: one process per worker, each with its own model and decoding child.

Whatever the number of workers, the output is the same to the byte: a worker commits whole shards and shares
nothing with the others. The first Ctrl-C lets shards in flight finish for a while, then the run stops resumably.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from itertools import islice

from burnish.engines import OnProgress, processes
from burnish.engines.running import Progress, finish, through
from burnish.errors import BurnishError, StopError, UsageError
from burnish.plan import Plan
from burnish.protocols import Backend
from burnish.runs import OpenRun, open_run
from burnish.shard_run import Job, ShardDone, run_shard
from burnish.storage.ledger import Counts
from burnish.summary import Summary
from burnish.tools import Tools, load_tools
from burnish.values import Shard

_AHEAD = 3
"""Shards in the pool for each worker: it never waits for one, and none waits among a million others."""


def run(
    plan: Plan, *, on_progress: OnProgress | None = None, backend: Backend | None = None, retry: bool = False
) -> Summary:
    """As `burnish.engines.run`, in this process or in worker processes beside it."""
    if plan.engine_options:
        raise UsageError(f"the local engine takes no engine_options, got: {', '.join(sorted(plan.engine_options))}.")
    started = time.monotonic()
    with open_run(plan, backend, retry=retry) as opened, processes.interruptible():
        return finish(opened, _execute(opened, Progress(opened.done_before, on_progress)), started)


ENGINE = run


def worker_count(plan: Plan) -> int:
    """Workers of a plan: as asked, else one per usable core."""
    return plan.workers or len(os.sched_getaffinity(0))


def _execute(opened: OpenRun, progress: Progress) -> Iterator[ShardDone]:
    workers = min(worker_count(opened.plan), len(opened.todo))
    if workers <= 1 or opened.in_this_process_only:
        return _in_process(opened, progress)
    opened.release_tools()
    return through(_Pool(opened, workers), progress)


def _in_process(opened: OpenRun, progress: Progress) -> Iterator[ShardDone]:
    for shard in opened.todo:
        job = opened.job_for(shard)
        if job is None:
            continue
        done = run_shard(job, shard, opened.tools(), partial(progress.tick, shard.name))
        progress.finished(done)
        yield done


# --- worker processes ------------------------------------------------------------------------------------------

_tools: Tools | BurnishError | None = None
_ticks: multiprocessing.SimpleQueue[tuple[str, Counts]] | None = None


def _start_worker(
    plan: Plan, ticks: multiprocessing.SimpleQueue[tuple[str, Counts]], environment: Mapping[str, str]
) -> None:
    global _tools, _ticks
    processes.settle(environment)
    _tools, _ticks = _loaded(plan), ticks


def _loaded(plan: Plan) -> Tools | BurnishError:
    """The tools, or why there are none: told with the first shard, as an exception here only breaks the pool."""
    try:
        return load_tools(plan)
    except BurnishError as error:
        return error


def _work(job: Job, shard: Shard) -> ShardDone:
    if isinstance(_tools, BurnishError):
        raise StopError(f"a worker cannot load the model: {_tools}") from _tools
    assert _tools is not None
    assert _ticks is not None
    ticks = _ticks
    return run_shard(job, shard, _tools, lambda counts: ticks.put((shard.name, counts)))


class _Pool:
    """A `Crew` of processes."""

    def __init__(self, opened: OpenRun, workers: int) -> None:
        self._job = opened.job
        self._todo = iter(opened.todo)
        self._room = _AHEAD * workers
        self._pending: set[Future[ShardDone]] = set()
        self._ticks: multiprocessing.SimpleQueue[tuple[str, Counts]] = processes.queue()
        self._pool = processes.pool(workers, _start_worker, opened.plan, self._ticks, dict(os.environ))

    def feed(self) -> bool:
        more = islice(self._todo, self._room - len(self._pending))
        self._pending.update(processes.submit(self._pool, _work, self._job, shard) for shard in more)
        return bool(self._pending)

    def collect(self, timeout_s: float) -> list[ShardDone]:
        ready, self._pending = wait(self._pending, timeout=timeout_s, return_when=FIRST_COMPLETED)
        return [processes.result(future) for future in ready]

    def ticks(self) -> Iterator[tuple[str, Counts]]:
        while not self._ticks.empty():
            yield self._ticks.get()

    def drain(self, timeout_s: float) -> list[ShardDone]:
        running = {future for future in self._pending if not future.cancel()}
        ready, _ = wait(running, timeout=timeout_s)
        return [processes.result(future) for future in ready]

    def end(self) -> None:
        processes.end(self._pool)
