import os

import pytest

from burnish.engines.jobs import spread
from burnish.errors import StopError


def adder(number):
    return lambda job: (job + number, os.getpid())


def failing():
    return refuse


def refuse(job):
    raise StopError(f"job {job}")


def dying():
    return os._exit


@pytest.mark.parametrize("workers", [1, 2])
def test_all_jobs_are_done_wherever(workers):
    found = list(spread(range(20), workers, adder, 100))
    assert sorted(value for value, _ in found) == list(range(100, 120))
    assert (os.getpid() in {pid for _, pid in found}) == (workers == 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_work_raises_comes_through(workers):
    with pytest.raises(StopError, match="job"):
        list(spread(range(4), workers, failing))


def test_a_worker_that_dies_is_told():
    with pytest.raises(StopError, match="a worker process died"):
        list(spread([1, 2, 3], 2, dying))


def test_no_jobs_are_no_work():
    assert list(spread([], 0, adder, 1)) == []
