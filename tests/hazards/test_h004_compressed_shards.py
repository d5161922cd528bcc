"""Hazard 4: gzip and zstd shards, cut or damaged streams, decompression bombs."""

import gzip
import random

import pyarrow as pa
import pytest

from burnish.stores._tar.unpack import Limits, unpack
from burnish.values import Fault, Gap, Reason
from tests.stores._tar.shards import pairs, read, rows, tar_bytes, triples

RANDOM = random.Random(4)
IMAGES = {f"{at:09d}.jpg": b"\xff\xd8\xff" + RANDOM.randbytes(5000) for at in range(40)}
FORTY = tar_bytes([(name, IMAGES.get(name, payload)) for name, payload in triples(40)])
PACKED = {
    "a.tar.gz": gzip.compress(FORTY),
    "a.tgz": gzip.compress(FORTY),
    "a.tar.zst": pa.compress(FORTY, "zstd", asbytes=True),
}


@pytest.mark.parametrize("name", PACKED)
def test_whole_streams(name, tmp_path):
    items = read(PACKED[name], tmp_path, name)
    assert len(pairs(items)) == 40
    assert not rows(items)


def test_names_lie_and_content_decides(tmp_path):
    assert len(pairs(read(FORTY, tmp_path, "a.tar.gz"))) == 40
    assert len(pairs(read(PACKED["a.tar.gz"], tmp_path, "b.tar"))) == 40


def test_several_gzip_members_and_padding(tmp_path):
    half = len(FORTY) // 2
    data = gzip.compress(FORTY[:half]) + gzip.compress(FORTY[half:]) + bytes(300)
    items = read(data, tmp_path, "a.tar.gz")
    assert len(pairs(items)) == 40
    assert not rows(items)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9], ids=str)
def test_a_cut_stream_keeps_what_came_before(share, tmp_path):
    data = PACKED["a.tar.gz"]
    items = read(data[: int(len(data) * share)], tmp_path, "a.tar.gz")
    assert len(pairs(items)) >= int(40 * share) - 4
    assert all(p.image == IMAGES[p.image_name] for p in pairs(items))
    last = items[-1]
    assert isinstance(last, Gap)
    assert last.reason is Reason.TRUNCATED_MEMBER
    assert "gzip stream ends early" in last.detail


def test_a_damaged_stream_keeps_what_came_before(tmp_path):
    data = bytearray(PACKED["a.tar.gz"])
    middle = len(data) // 2
    data[middle : middle + 50] = b"\xff" * 50
    items = read(bytes(data), tmp_path, "a.tar.gz")
    assert len(pairs(items)) >= 15
    assert "damaged near byte" in items[-1].detail


@pytest.mark.parametrize("cut", [True, False], ids=["cut", "whole"])
def test_zstd_streams_end_as_they_must(cut, tmp_path):
    data = PACKED["a.tar.zst"]
    items = read(data[: len(data) // 2] if cut else data, tmp_path, "a.tar.zst")
    assert bool(rows(items)) == cut


def test_a_bomb_is_stopped_by_its_ratio(tmp_path):
    bomb = gzip.compress(FORTY) + gzip.compress(bytes(100 << 20))
    items = read(bomb, tmp_path, "a.tar.gz")
    assert len(pairs(items)) == 40
    (fault,) = [r for r in rows(items) if isinstance(r, Fault)]
    assert fault.reason is Reason.COMPRESSED_LIMIT
    assert "to 1" in fault.detail


def test_a_bomb_is_stopped_by_its_size(tmp_path):
    packed, plain = tmp_path / "a.gz", tmp_path / "a"
    packed.write_bytes(gzip.compress(FORTY))
    outcome = unpack(packed, plain, Limits(max_bytes=10_000))
    assert outcome.reason is Reason.COMPRESSED_LIMIT
    assert plain.read_bytes() == FORTY[:10_000]
    assert outcome.size == 10_000
