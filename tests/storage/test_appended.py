"""Lines that are only added: each counts once it is on disk, damage is seen, and a failed write leaves nothing."""

from __future__ import annotations

import os
import resource

import pytest

from burnish.errors import StopError
from burnish.storage.appended import Appended


def test_lines_come_back_in_order(tmp_path):
    path = tmp_path / "sub" / "a.jsonl"
    assert list(Appended(path).contents()) == []
    for number in range(3):
        Appended(path).append({"n": number, "text": "ä\n"})
    assert list(Appended(path).contents()) == [{"n": number, "text": "ä\n"} for number in range(3)]


def test_every_cut_leaves_whole_lines_and_room_for_the_next(tmp_path):
    path = tmp_path / "a.jsonl"
    file = Appended(path)
    file.append({"n": 1})
    first = path.stat().st_size
    file.append({"n": 2})
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        known = [line["n"] for line in Appended(path).contents()]
        assert known == [1] * (size >= first - 1) + [2] * (size >= len(whole) - 1)
        Appended(path).append({"n": 3})
        assert [line["n"] for line in Appended(path).contents()] == [*known, 3]


def test_every_changed_byte_is_seen(tmp_path):
    path = tmp_path / "a.jsonl"
    for number in range(2):
        Appended(path).append({"n": number})
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert list(Appended(path).contents()) != [{"n": 0}, {"n": 1}]


def test_a_disk_that_is_full_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.jsonl"
    file = Appended(path)
    file.append({"n": 1})
    before = path.read_bytes()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 9, len(before) + 9))
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            file.append({"n": 2, "text": "x" * 100})
        except StopError:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert path.read_bytes() == before
    Appended(path).append({"n": 3})
    assert list(Appended(path).contents()) == [{"n": 1}, {"n": 3}]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StopError, match=r"a\.jsonl"):
        Appended(tmp_path / "file" / "a.jsonl").append({"n": 1})
