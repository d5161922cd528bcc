"""A few members of a tar by name, without reading the others."""

from __future__ import annotations

import io
import tarfile

import pytest

from burnish.errors import StopError, UsageError
from burnish.protocols import Picking
from burnish.stores import open_store
from burnish.stores._tar.picking import pick


def write(path, members, form=tarfile.USTAR_FORMAT):
    with tarfile.open(path, "w", format=form) as out:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            out.addfile(entry, io.BytesIO(data))
    return str(path)


MEMBERS = [(f"a/{at:03d}.{end}", bytes([at]) * (at * 37)) for at in range(40) for end in ("jpg", "txt")]


def test_by_whole_name_or_by_its_last_part(tmp_path):
    path = write(tmp_path / "00000.tar", MEMBERS)
    found = dict(pick(path, {"a/003.jpg", "039.jpg", "nothing.jpg"}, 1_000))
    assert found == {"a/003.jpg": b"\3" * 111, "a/039.jpg": b"\x27" * 39 * 37}


def test_links_folders_and_long_names_are_passed_over(tmp_path):
    path = tmp_path / "00000.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as out:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE):
            entry = tarfile.TarInfo(f"k{kind.decode()}.jpg")
            entry.type, entry.linkname = kind, "x"
            out.addfile(entry)
        for name in ("n" * 300 + ".jpg", "b.jpg"):
            entry = tarfile.TarInfo(name)
            entry.size = 5
            out.addfile(entry, io.BytesIO(b"bytes"))
    assert dict(pick(str(path), {"b.jpg"}, 1_000)) == {"b.jpg": b"bytes"}


def test_no_more_headers_than_asked(tmp_path):
    path = write(tmp_path / "00000.tar", MEMBERS)
    assert dict(pick(path, {"a/039.jpg"}, 78)) == {}
    assert list(dict(pick(path, {"a/039.jpg"}, 79))) == ["a/039.jpg"]


@pytest.mark.parametrize("content", [b"", b"no tar at all" * 100, bytes(1_024)])
def test_what_is_no_tar_holds_nothing(content, tmp_path):
    path = tmp_path / "00000.tar"
    path.write_bytes(content)
    assert list(pick(str(path), {"a.jpg"}, 10)) == []


def test_a_shard_that_is_gone_stops(tmp_path):
    with pytest.raises(StopError, match="gone"):
        list(pick(str(tmp_path / "gone.tar"), {"a.jpg"}, 10))


def test_the_store_picks_from_plain_tars_alone(tmp_path):
    write(tmp_path / "00000.tar", MEMBERS)
    store = open_store(str(tmp_path), "webdataset")
    assert isinstance(store, Picking)
    (shard,) = store.shards()
    assert [name for name, _ in store.pick(shard, {"003.jpg"}, 100)] == ["a/003.jpg"]
    with tarfile.open(tmp_path / "packed.tar.gz", "w:gz"):
        pass
    packed = next(shard for shard in store.shards() if shard.name.endswith("gz"))
    with pytest.raises(UsageError, match="packed"):
        list(store.pick(packed, {"003.jpg"}, 100))
