"""Hazard 59: the lock of a killed run is taken over at once; the lock of a living one never."""

import signal
import subprocess
import sys

import pytest

from burnish.errors import UsageError
from burnish.storage.run import Run
from tests.storage.job import PLAN

HOLD = """
import sys
from burnish.storage.run import Run
run = Run.open(sys.argv[1], {plan!r})
print("held", flush=True)
input()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the output."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(plan=PLAN), tmp_path / "out"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout.readline() == b"held\n"
    yield child
    child.kill()
    child.communicate()


def test_killed_and_taken_over(holder, tmp_path):
    with pytest.raises(UsageError, match=f"in use by process {holder.pid} on"):
        Run.open(str(tmp_path / "out"), PLAN)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "out/.burnish/lock.json").exists()
    Run.open(str(tmp_path / "out"), PLAN).close()
    assert not (tmp_path / "out/.burnish/lock.json").exists()


def test_a_stopped_process_still_holds(holder, tmp_path):
    """Stopped (Ctrl-Z) is not dead."""
    holder.send_signal(signal.SIGSTOP)
    with pytest.raises(UsageError, match=f"in use by process {holder.pid} on"):
        Run.open(str(tmp_path / "out"), PLAN)
    holder.send_signal(signal.SIGCONT)
