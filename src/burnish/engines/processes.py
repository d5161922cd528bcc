"""Worker processes as every engine wants them: forked clean, dead with their engine, ended and interrupted alike."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext
from types import FrameType
from typing import Any, TypeVar

from burnish.errors import Interrupted, StopError

T = TypeVar("T")


def context() -> ForkServerContext:
    """How workers are started: forked from a process that has done nothing but import, so that no thread or lock of
    the caller's comes along, and libraries are loaded once and shared, not once a worker (0.4 s of CPU and 60 MB each).
    """
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["burnish.engines._imported_once"])
    return made


def pool(workers: int, start: Callable[..., None], *arguments: Any) -> ProcessPoolExecutor:
    """Workers that begin with ``start(*arguments)``; end them with `end`. Raises `StopError` as `submit` does."""
    with _deaths_told():
        return ProcessPoolExecutor(workers, context(), start, arguments)


def queue() -> multiprocessing.SimpleQueue[Any]:
    """From workers to their engine. Raises `StopError` as `submit` does."""
    with _deaths_told():
        return context().SimpleQueue()


def settle(environment: Mapping[str, str]) -> None:
    """The first thing a worker does: Ctrl-C is its engine's, it has the engine's `environment` and dies with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()  # it is the fork server's, which may be older than the last change
    os.environ.update(environment)
    threading.Thread(target=_die_with_engine, daemon=True).start()


def _die_with_engine() -> None:
    """End this worker when the engine is gone: an orphan must not write beside the run that takes over."""
    engine = multiprocessing.parent_process()
    assert engine is not None
    engine.join()
    os._exit(1)


def submit(workers: ProcessPoolExecutor, work: Callable[..., T], *arguments: Any) -> Future[T]:
    """``work(*arguments)`` for a worker. Raises `StopError` if one died, the process that they are forked from, or the
    one that keeps count of their locks.
    """
    with _deaths_told():
        return workers.submit(work, *arguments)


def result(future: Future[T]) -> T:
    """What a worker gave. Raises `StopError` if it died."""
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise _died() from error


@contextmanager
def _deaths_told() -> Iterator[None]:
    try:
        yield
    except (BrokenProcessPool, EOFError, ConnectionError) as error:
        raise _died() from error


def _died() -> StopError:
    return StopError(
        "a worker process died. Finished shards are safe; the same command goes on.\n"
        "Often it is memory: fewer workers need less of it (--workers 1, or workers=1 from Python).\n"
        'In a script of your own, call burnish below: if __name__ == "__main__":'
    )


def end(workers: ProcessPoolExecutor) -> None:
    """End all workers at once."""
    processes: Sequence[multiprocessing.process.BaseProcess] = list(
        (getattr(workers, "_processes", None) or {}).values()
    )
    workers.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


def interrupted() -> Interrupted:
    """What an interrupted run ends with."""
    return Interrupted("interrupted. Finished shards are safe; the same command goes on from here.")


@contextmanager
def interruptible() -> Iterator[None]:
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
