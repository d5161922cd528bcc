"""The same work on many jobs, in this process or in several; results come as they are done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from itertools import islice
from typing import Any, TypeVar

from burnish.engines import processes

_AHEAD = 3
"""Jobs in the pool for each worker."""

J = TypeVar("J")
T = TypeVar("T")


def spread(jobs: Sequence[J], workers: int, make: Callable[..., Callable[[J], T]], *arguments: Any) -> Iterator[T]:
    """``make(*arguments)(job)`` of all `jobs`, in any order; `make` is called once a worker.

    `workers`: processes, 0 for one a core; with one, or one job, all is done here. `make`, `arguments` and jobs must be
    picklable. Raises what the work raises, and `StopError` if a worker dies.
    """
    number = min(workers or len(os.sched_getaffinity(0)), len(jobs))
    if number <= 1:
        work = make(*arguments)
        for job in jobs:
            yield work(job)
        return
    pool = processes.pool(number, _start, make, arguments, dict(os.environ))
    left = iter(jobs)
    try:
        pending = {processes.submit(pool, _work, job) for job in islice(left, _AHEAD * number)}
        while pending:
            ready, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in ready:
                found = processes.result(future)
                pending.update(processes.submit(pool, _work, job) for job in islice(left, 1))
                yield found
    finally:
        processes.end(pool)


# --- in a worker -----------------------------------------------------------------------------------------------

_worker: Callable[[Any], Any] | None = None


def _start(make: Callable[..., Callable[[Any], Any]], arguments: Sequence[Any], environment: Mapping[str, str]) -> None:
    global _worker  # noqa: PLW0603 -- a worker process is started once
    processes.settle(environment)
    _worker = make(*arguments)


def _work(job: Any) -> Any:
    assert _worker is not None
    return _worker(job)
