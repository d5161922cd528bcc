"""Hazard 55: SIGKILL just before or after every kind of step; the same command goes on to the same bytes.

Random moments are in tests/storage/test_kills.py. Here a child kills itself at chosen calls, one after the other.
"""

import os
import signal

import pytest

from burnish.storage.faulting import FaultingFiles, FaultKind
from burnish.storage.files import LocalFiles
from burnish.storage.verify import verify
from tests.storage.job import tree, work

SHARDS = 2


class KillingFiles(FaultingFiles):
    """Instead of failing, the chosen call is the last thing the process does."""

    def strikes(self, call, name):
        try:
            return super().strikes(call, name)
        except OSError:
            os.kill(os.getpid(), signal.SIGKILL)
            raise


def killed(out, at):
    """Whether a child that runs the job was killed at call `at` (or ended before it)."""
    child = os.fork()
    if not child:
        work(out, SHARDS, files=KillingFiles(LocalFiles(out), FaultKind.EIO, at))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0
    return os.WIFSIGNALED(status)


def test_killed_at_every_call(quick_path):
    work(quick_path / "quiet", SHARDS)
    quiet, at = tree(quick_path / "quiet"), 0
    while killed(quick_path / f"{at}", at + 1):
        work(quick_path / f"{at}", SHARDS)
        assert tree(quick_path / f"{at}") == quiet, f"killed at call {at + 1}"
        at += 1
    assert at > 50


@pytest.mark.parametrize("step", [1, 7])
def test_killed_again_and_again_in_one_output(quick_path, step):
    work(quick_path / "quiet", SHARDS)
    at = 1
    while killed(quick_path / "out", at):
        at += step
    assert tree(quick_path / "out") == tree(quick_path / "quiet")
    assert verify(str(quick_path / "out")) == []
