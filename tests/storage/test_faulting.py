"""The Nth call fails, for N = 1, 2, ... until no fault is left: a clean stop each time, then the same bytes (F4)."""

import errno

import pytest

from burnish.errors import StopError
from burnish.storage.faulting import FaultingFiles, FaultKind
from burnish.storage.files import LocalFiles
from burnish.storage.journal import Journal
from burnish.storage.layout import HOLDER, is_temp
from tests.storage.job import tree, work

SHARDS = 3


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_stops_cleanly_and_resumes_to_the_same_bytes(quick_path, kind, lasting):
    work(quick_path / "quiet", SHARDS)
    quiet = tree(quick_path / "quiet")
    at = 0
    while True:
        at += 1
        out = quick_path / f"{at}"
        files = FaultingFiles(LocalFiles(out), kind, at, lasting=lasting)
        stopped = stops(out, files)
        if not files.fired:
            break
        assert stopped or finished(out) == quiet
        assert_nothing_half_visible(out, quiet)
        work(out, SHARDS)
        assert tree(out) == quiet, f"{kind} at call {at}"
    assert at > 5  # the fault was reached in many places before it ran out of them


def finished(out):
    """The output, but for the lock's note: failing to take that away at the very end must not fail a finished run."""
    return {name: data for name, data in tree(out).items() if name != HOLDER}


def stops(out, files):
    """Whether the run stopped; its message must say what to do and hold no traceback of ours."""
    try:
        work(out, SHARDS, files=files)
    except StopError as stop:
        message = str(stop)
        assert len(message.splitlines()) <= 6
        assert "run the same command again" in message
        return True
    return False


def assert_nothing_half_visible(out, quiet):
    """Whatever has a final name is whole; whatever is done is right."""
    left = {name: data for name, data in finished(out).items() if not is_temp(name)}
    assert all(quiet[name] == data for name, data in left.items())
    assert len(Journal(LocalFiles(out)).done()) <= SHARDS


def test_the_message_names_the_error_the_place_and_the_next_step(quick_path):
    files = FaultingFiles(LocalFiles(quick_path / "out"), FaultKind.ENOSPC, 20, lasting=True)
    with pytest.raises(StopError, match="ENOSPC") as caught:
        work(quick_path / "out", SHARDS, files=files)
    assert str(quick_path / "out") in str(caught.value)
    assert "Free some space" in str(caught.value)


def test_temp_files_are_removed_when_the_disk_is_full(quick_path):
    """A full disk refuses new bytes, not removals."""
    for at in range(5, 40, 5):
        out = quick_path / f"{at}"
        with pytest.raises(StopError):
            work(out, SHARDS, files=FaultingFiles(LocalFiles(out), FaultKind.ENOSPC, at, lasting=True))
        assert not [name for name in tree(out) if is_temp(name)]


def test_a_short_write_is_only_a_smaller_step(quick_path):
    work(quick_path / "quiet", 1)
    files = FaultingFiles(LocalFiles(quick_path / "out"), FaultKind.SHORT_WRITE, 1, lasting=True)
    work(quick_path / "out", 1, files=files)
    assert files.fired
    assert tree(quick_path / "out") == tree(quick_path / "quiet")


def test_a_fault_carries_its_number(quick_path):
    (quick_path / "f").write_bytes(b"x")
    for kind, code in {FaultKind.EIO: errno.EIO, FaultKind.EMFILE: errno.EMFILE}.items():
        with pytest.raises(OSError, match="f") as caught:
            FaultingFiles(LocalFiles(quick_path), kind, 1).read("f")
        assert caught.value.errno == code
