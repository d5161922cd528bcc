"""Shards on this machine: one process per worker, each with its own model and decoding child.

Whatever the number of workers, the output is the same to the byte: a worker commits whole shards and shares
nothing with the others. The first Ctrl-C lets shards in flight finish for a while, then the run stops resumably.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from functools import partial
from itertools import islice

from burnish.engines import processes
from burnish.errors import BurnishError, StopError
from burnish.plan import Plan
from burnish.protocols import Backend
from burnish.runs import OpenRun, open_run
from burnish.shard_run import Job, ShardDone, run_shard
from burnish.storage.ledger import Counts
from burnish.summary import Summary
from burnish.tools import Tools, load_tools
from burnish.values import Shard

DRAIN_S = 10.0
"""After the first Ctrl-C, shards in flight get this long to commit."""

_POLL_S = 0.2
_AHEAD = 3
"""Shards in the pool for each worker: it never waits for one, and none waits among a million others."""

_LOG = logging.getLogger("burnish")

OnProgress = Callable[[Counts], None]


def run(
    plan: Plan, *, on_progress: OnProgress | None = None, backend: Backend | None = None, retry: bool = False
) -> Summary:
    """Do every shard of `plan` that is not done yet, and seal the output.

    `on_progress` gets the counts so far, finished shards and those in flight. `backend` is a live model to use in
    this process (then there is one worker). `retry` does only shards with failures, and in them only the failures.
    Raises `UsageError` before anything is touched, `StopError`/`Interrupted` with all committed shards intact.
    """
    started = time.monotonic()
    with open_run(plan, backend, retry=retry) as opened, processes.interruptible():
        progress = _Progress(opened.done_before, on_progress)
        try:
            for done in _execute(opened, progress):
                opened.finished(done)
            return opened.seal(time.monotonic() - started)
        except KeyboardInterrupt:
            raise processes.interrupted() from None


def worker_count(plan: Plan) -> int:
    """Workers of a plan: as asked, else one per usable core."""
    return plan.workers or len(os.sched_getaffinity(0))


def _execute(opened: OpenRun, progress: _Progress) -> Iterator[ShardDone]:
    workers = min(worker_count(opened.plan), len(opened.todo))
    if workers <= 1 or opened.in_this_process_only:
        return _in_process(opened, progress)
    opened.release_tools()
    return _in_pool(opened, workers, progress)


class _Progress:
    """Counts of finished shards plus the latest of each shard in flight."""

    def __init__(self, before: Counts, listener: OnProgress | None) -> None:
        self._finished = before
        self._running: dict[str, Counts] = {}
        self._listener = listener

    def tick(self, shard: str, counts: Counts) -> None:
        self._running[shard] = counts
        self._tell()

    def finished(self, done: ShardDone) -> None:
        self._running.pop(done.shard.name, None)
        self._finished += done.counts
        self._tell()

    def _tell(self) -> None:
        if self._listener:
            self._listener(sum(self._running.values(), start=self._finished))


def _in_process(opened: OpenRun, progress: _Progress) -> Iterator[ShardDone]:
    for shard in opened.todo:
        limit = opened.limit_of(shard)
        if limit is not None and limit <= 0:
            continue
        job = replace(opened.job, limit=limit)
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


def _in_pool(opened: OpenRun, workers: int, progress: _Progress) -> Iterator[ShardDone]:
    ticks = processes.context().SimpleQueue()
    pool = processes.pool(workers, _start_worker, opened.plan, ticks, dict(os.environ))
    todo = iter(opened.todo)
    pending = {pool.submit(_work, opened.job, shard) for shard in islice(todo, _AHEAD * workers)}
    try:
        while pending:
            ready, pending = wait(pending, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            _drain(ticks, progress)
            for future in ready:
                done = processes.result(future)
                pending.update(pool.submit(_work, opened.job, shard) for shard in islice(todo, 1))
                progress.finished(done)
                yield done
    except KeyboardInterrupt:
        yield from _finish_in_flight(pending, progress)
        raise processes.interrupted() from None
    finally:
        processes.end(pool)


def _finish_in_flight(pending: set[Future[ShardDone]], progress: _Progress) -> Iterator[ShardDone]:
    running = {future for future in pending if not future.cancel()}
    _LOG.warning("interrupted: shards in flight get %g s to finish; Ctrl-C again stops at once", DRAIN_S)
    try:
        ready, _ = wait(running, timeout=DRAIN_S)
    except KeyboardInterrupt:  # the second Ctrl-C: give up the shards in flight, they will be redone
        return
    for future in ready:
        done = processes.result(future)
        progress.finished(done)
        yield done


def _drain(ticks: multiprocessing.SimpleQueue[tuple[str, Counts]], progress: _Progress) -> None:
    while not ticks.empty():
        progress.tick(*ticks.get())
