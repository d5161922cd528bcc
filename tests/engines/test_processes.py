"""What a run says when a process that its workers are made by has died (hazard 79)."""

import os
from multiprocessing import resource_tracker

import pytest

from burnish.engines import processes
from burnish.errors import StopError


@pytest.fixture
def dead_tracker(monkeypatch):
    """The process that counts locks, killed after it was asked whether it lives: a thousand kills meet that moment."""
    tracker = resource_tracker._resource_tracker
    reading, writing = os.pipe()
    os.close(reading)
    with monkeypatch.context() as patched:
        patched.setattr(tracker, "_fd", writing)
        patched.setattr(tracker, "ensure_running", lambda: None)
        yield
    os.close(writing)


@pytest.mark.parametrize("make", [processes.queue, lambda: processes.pool(1, os.getpid)])
def test_h079_a_dead_counter_of_locks_stops_the_run_so_that_it_can_go_on(make, dead_tracker):
    with pytest.raises(StopError, match="the same command goes on"):
        make()
