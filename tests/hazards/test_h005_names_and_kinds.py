"""Hazard 5: names that climb out, and members that are no files: never a path, never extracted, never followed."""

import tarfile

import pytest

from burnish.values import Fault, Gap, Reason
from tests.stores._tar.shards import members, pairs, read, rows, spans_of, tar_bytes, triple, triples

UNSAFE = {
    "climbing": "../../etc/cron.d/x",
    "absolute": "/etc/passwd",
    "inner": "a/../../b",
    "backslash": "a\\..\\x",
    "drive": "C:\\x",
    "long": "x" * 10_000,
    "control": "a\x1b[2Jb",
    "override": "a\u202egpj",
}


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_names_are_labels_and_flagged(name, tmp_path, monkeypatch):
    folder = tmp_path / "in"
    folder.mkdir()
    monkeypatch.chdir(folder)
    items = read(tar_bytes(triple(UNSAFE[name])), folder)
    (pair,) = pairs(items)
    assert "unsafe_name" in pair.flags
    assert pair.image_name == UNSAFE[name] + ".jpg"
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "00000.tar"]


@pytest.mark.parametrize("key", ["000000001", "part-1/000000001", "./000000001", "Füße", "日本"])
def test_ordinary_names_are_not(key, tmp_path):
    (pair,) = pairs(read(tar_bytes(triple(key)), tmp_path))
    assert pair.flags == ()
    assert pair.key == key


def test_a_name_ends_at_its_first_nul(tmp_path):
    info = tarfile.TarInfo("a.jpg")
    info.pax_headers = {"path": "a.jpg\0.sh"}
    data = tar_bytes(triple("b"))
    assert [p.key for p in pairs(read(tar_bytes([info])[:-10240] + data, tmp_path))] == ["b"]


KINDS = {
    "folder": tarfile.DIRTYPE,
    "symbolic link": tarfile.SYMTYPE,
    "hard link": tarfile.LNKTYPE,
    "FIFO": tarfile.FIFOTYPE,
    "character device": tarfile.CHRTYPE,
    "block device": tarfile.BLKTYPE,
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_gets_a_row(kind, tmp_path):
    info = tarfile.TarInfo("000000001.png")
    info.type, info.linkname = KINDS[kind], "/etc/passwd"
    items = read(tar_bytes([*triples(1), info, *triple("000000002")]), tmp_path)
    assert [p.key for p in pairs(items)] == ["000000000", "000000002"]
    (gap,) = rows(items)
    assert isinstance(gap, Gap)
    assert gap.reason is Reason.NOT_REGULAR
    assert kind in gap.detail


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_SPARSE, b"Z"], ids=["sparse", "unknown"])
def test_with_a_payload_it_goes_to_quarantine(kind, tmp_path):
    data = bytearray(tar_bytes([*triples(1), ("x.bin", b"payload"), *triple("000000002")], tarfile.GNU_FORMAT))
    at = spans_of(bytes(data))["x.bin"][0]
    data[at + 156 : at + 157] = kind
    data[at + 148 : at + 156] = b" " * 8
    data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + 512])
    items = read(bytes(data), tmp_path)
    assert [p.key for p in pairs(items)] == ["000000000", "000000002"]
    (fault,) = rows(items)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.NOT_REGULAR
    assert b"payload" in fault.raw


def test_a_sparse_file_in_pax_dress_is_no_file(tmp_path):
    info = tarfile.TarInfo("000000001.jpg")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "000000001.jpg"}
    items = read(tar_bytes([*triples(1), info]), tmp_path)
    assert [r.reason for r in rows(items)] == [Reason.NOT_REGULAR]


def test_members_without_a_key_travel_with_their_neighbours(tmp_path):
    items = read(tar_bytes([("README", b"hello"), *triples(2), (".hidden.jpg", b"x"), ("LICENSE", b"y")]), tmp_path)
    first, last = pairs(items)
    assert not rows(items)
    assert members(first)[0] == "README"
    assert members(last)[-2:] == [".hidden.jpg", "LICENSE"]
