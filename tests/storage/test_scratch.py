"""Scratch files go at the end, also when the process was killed."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from burnish.errors import StopError
from burnish.storage.scratch import scratch_file

HOLD = (
    "import sys\nfrom burnish.storage.scratch import scratch_file\n"
    "with scratch_file() as path:\n path.write_bytes(b'x'); print(path, flush=True); input()"
)


def held(folder):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD], env={"TMPDIR": str(folder)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    return child, Path(child.stdout.readline().decode().strip())


def test_gone_at_the_end():
    with scratch_file() as path:
        path.write_bytes(b"x")
    assert not path.parent.exists()


def test_what_a_killed_process_left_is_swept_and_the_living_keep_theirs(tmp_path):
    dead, left = held(tmp_path)
    dead.send_signal(signal.SIGKILL)
    dead.communicate()
    assert left.exists()
    alive, kept = held(tmp_path)
    later, other = held(tmp_path)
    assert not left.parent.exists()
    assert kept.exists()
    for child in (alive, later):
        child.communicate(b"\n")
    assert not kept.exists()
    assert not other.exists()


def test_no_room_for_temporary_files_stops(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(StopError, match="temporary file"), scratch_file():
        pytest.fail("must not get here")
