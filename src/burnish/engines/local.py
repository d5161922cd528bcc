"""Shards on this machine: one process per worker, each with its own model and decoding child.

Whatever the number of workers, the output is the same to the byte: a worker commits whole shards and shares
nothing with the others. The first Ctrl-C lets shards in flight finish for a while, then the run stops resumably.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from types import FrameType

from burnish.errors import BurnishError, Interrupted, StopError
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
    with open_run(plan, backend, retry=retry) as opened, _interruptible():
        progress = _Progress(opened.done_before, on_progress)
        try:
            for done in _execute(opened, progress):
                opened.finished(done)
            return opened.seal(time.monotonic() - started)
        except KeyboardInterrupt:
            raise _interrupted() from None


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
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()  # it is the fork server's, which may be older than the last change
    os.environ.update(environment)
    threading.Thread(target=_die_with_engine, daemon=True).start()
    _tools, _ticks = _loaded(plan), ticks


def _loaded(plan: Plan) -> Tools | BurnishError:
    """The tools, or why there are none: told with the first shard, as an exception here only breaks the pool."""
    try:
        return load_tools(plan)
    except BurnishError as error:
        return error


def _die_with_engine() -> None:
    """End this worker when the engine is gone: an orphan must not write beside the run that takes over."""
    engine = multiprocessing.parent_process()
    assert engine is not None
    engine.join()
    os._exit(1)


def _work(job: Job, shard: Shard) -> ShardDone:
    if isinstance(_tools, BurnishError):
        raise StopError(f"a worker cannot load the model: {_tools}") from _tools
    assert _tools is not None
    assert _ticks is not None
    ticks = _ticks
    return run_shard(job, shard, _tools, lambda counts: ticks.put((shard.name, counts)))


def _in_pool(opened: OpenRun, workers: int, progress: _Progress) -> Iterator[ShardDone]:
    # Forked from a process that has done nothing but import: no thread or lock of the caller's comes along, and
    # libraries are loaded once and shared, not once per worker (0.4 s of CPU and 60 MB each).
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["burnish.engines._imported_once"])
    ticks = context.SimpleQueue()
    pool = ProcessPoolExecutor(workers, context, _start_worker, (opened.plan, ticks, dict(os.environ)))
    todo = iter(opened.todo)
    pending = {pool.submit(_work, opened.job, shard) for shard in islice(todo, _AHEAD * workers)}
    try:
        while pending:
            ready, pending = wait(pending, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            _drain(ticks, progress)
            for future in ready:
                done = _result(future)
                pending.update(pool.submit(_work, opened.job, shard) for shard in islice(todo, 1))
                progress.finished(done)
                yield done
    except KeyboardInterrupt:
        yield from _finish_in_flight(pending, progress)
        raise _interrupted() from None
    finally:
        _end(pool)


def _finish_in_flight(pending: set[Future[ShardDone]], progress: _Progress) -> Iterator[ShardDone]:
    running = {future for future in pending if not future.cancel()}
    _LOG.warning("interrupted: shards in flight get %g s to finish; Ctrl-C again stops at once", DRAIN_S)
    try:
        ready, _ = wait(running, timeout=DRAIN_S)
    except KeyboardInterrupt:  # the second Ctrl-C: give up the shards in flight, they will be redone
        return
    for future in ready:
        done = _result(future)
        progress.finished(done)
        yield done


def _drain(ticks: multiprocessing.SimpleQueue[tuple[str, Counts]], progress: _Progress) -> None:
    while not ticks.empty():
        progress.tick(*ticks.get())


def _result(future: Future[ShardDone]) -> ShardDone:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise StopError(
            "a worker process died. Finished shards are safe; the same command goes on.\n"
            "Often it is memory: fewer workers need less of it (--workers 1, or workers=1 from Python).\n"
            'In a script of your own, call burnish below: if __name__ == "__main__":'
        ) from error


def _end(pool: ProcessPoolExecutor) -> None:
    processes: Sequence[multiprocessing.process.BaseProcess] = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


def _interrupted() -> Interrupted:
    return Interrupted("interrupted. Finished shards are safe; the same command goes on from here.")


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM as Ctrl-C, where signals can be set (main thread only)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
