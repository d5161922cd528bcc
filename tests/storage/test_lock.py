"""One run per output; the lock of a dead run holds nobody up."""

import dataclasses
import os
import subprocess
import sys

import pytest

from burnish.errors import UsageError
from burnish.storage.files import LocalFiles
from burnish.storage.lock import Holder, RunLock
from burnish.storage.places import locate

NOTE = ".burnish/lock.json"


@pytest.fixture
def lock(tmp_path):
    (tmp_path / ".burnish").mkdir()
    return lambda: RunLock(LocalFiles(tmp_path), locate(tmp_path))


def test_taken_and_given_back(lock, tmp_path):
    for _ in range(2):
        held = lock()
        held.acquire()
        assert (tmp_path / NOTE).exists()
        held.release()
        assert not (tmp_path / NOTE).exists()
    assert (tmp_path / ".burnish/lock").read_bytes() == b""


def test_the_loser_names_the_holder(lock):
    held = lock()
    held.acquire()
    with pytest.raises(UsageError, match=f"in use by process {os.getpid()} on"):
        lock().acquire()
    held.release()


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"host":1}'])
def test_a_torn_note_does_not_hold(lock, tmp_path, note):
    (tmp_path / NOTE).write_bytes(note)
    held = lock()
    held.acquire()
    held.release()


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"boot": "before the reboot"}, False),
        ({"pid": 2**22 + 1}, False),
        ({"started": "1"}, False),
        ({"host": "container", "pid": 1}, False),  # same kernel: the system's lock was free, so it is gone
        ({"host": "elsewhere", "boot": "another machine"}, True),
    ],
)
def test_whose_note_holds(lock, tmp_path, change, holds):
    note = dataclasses.replace(Holder.me(), **change)
    (tmp_path / NOTE).write_bytes(note.to_bytes())
    held = lock()
    if holds:
        with pytest.raises(UsageError, match="elsewhere"):
            held.acquire()
        assert (tmp_path / NOTE).read_bytes() == note.to_bytes()
        (tmp_path / NOTE).unlink()
    held.acquire()
    held.release()


def test_the_living_are_not_dead():
    assert not Holder.me().is_dead()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    stat = f"/proc/{child.pid}/stat"
    with open(stat, encoding="ascii") as file:  # noqa: PTH123 -- read once, right here
        started = file.read().rpartition(")")[2].split()[19]
    holder = dataclasses.replace(Holder.me(), pid=child.pid, started=started)
    assert not holder.is_dead()
    child.communicate(b"\n")
    assert holder.is_dead()
