"""The bundled sample is what its README says: whole where it should be, broken where it should be."""

import hashlib
import io
import json
import tarfile
from importlib.resources import as_file, files

import pyarrow.parquet as pq
import pytest
from PIL import Image

from burnish.api import items
from burnish.values import Fault, Gap, Pair

SAMPLE = files("burnish.sample")
SHARDS = ("00000", "00001")


def members(shard: str) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO((SAMPLE / f"{shard}.tar").read_bytes())) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar.getmembers()}


def read(name: str) -> list:
    with as_file(SAMPLE / name) as path:
        return list(items(path))


def test_sums_hold_and_name_every_file():
    sums = dict(reversed(line.split("  ")) for line in (SAMPLE / "SHA256SUMS").read_text().splitlines())
    found = {e.name for e in SAMPLE.iterdir() if e.name.endswith((".tar", ".parquet", ".json", ".md"))}
    assert set(sums) == found
    assert all(hashlib.sha256((SAMPLE / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())


def test_it_stays_small():
    assert sum(len(entry.read_bytes()) for entry in SAMPLE.iterdir() if entry.is_file()) <= 6_000_000


@pytest.mark.parametrize("shard", SHARDS)
def test_img2dataset_layout(shard):
    files_in = members(shard)
    keys = [f"{shard}{index:04d}" for index in range(120)]
    assert list(files_in) == [f"{key}.{kind}" for key in keys for kind in ("jpg", "json", "txt")]
    rows = pq.read_table(SAMPLE / f"{shard}.parquet").to_pylist()
    assert [row["key"] for row in rows] == keys
    stats = json.loads((SAMPLE / f"{shard}_stats.json").read_text())
    assert stats["count"] == stats["successes"] == 120
    for row in rows:
        fields = json.loads(files_in[f"{row['key']}.json"])
        assert fields == row
        assert files_in[f"{row['key']}.txt"].decode() == fields["caption"]
        image = files_in[f"{row['key']}.jpg"]
        assert hashlib.sha256(image).hexdigest() == fields["sha256"]
        with Image.open(io.BytesIO(image)) as opened:
            assert opened.size == (fields["width"], fields["height"])
            assert max(opened.size) == 384


def test_every_pair_of_the_whole_shards_is_read():
    for shard in SHARDS:
        found = read(f"{shard}.tar")
        assert len(found) == 120
        assert all(isinstance(item, Pair) and not item.flags for item in found)


def test_pictures_come_once():
    digests = [hashlib.sha256(data).digest() for s in SHARDS for n, data in members(s).items() if n.endswith(".jpg")]
    assert len(set(digests)) == len(digests) == 240


def test_the_broken_shard_comes_out_as_documented():
    found = read("broken-00000.tar")
    pairs = {item.key: item for item in found if isinstance(item, Pair)}
    faults = {item.key: item.reason for item in found if isinstance(item, Fault)}
    assert [item.reason for item in found if isinstance(item, Gap)] == ["bad_header"]
    assert faults == {"999990002": "no_image", "999990006": "no_image", "999990019": "truncated_member"}
    assert len([item for item in found if isinstance(item, Pair)]) == 17
    assert "bad_json" in pairs["999990004"].flags
    assert pairs["999990008"].image.startswith(b"<!DOCTYPE html>")
    assert pairs["999990010"].image_name.endswith(".png")
    twins = [item for item in found if getattr(item, "key", "") == "999990011"]
    assert len(twins) == 2
    assert all("duplicate_key" in item.flags for item in twins)
    for key in ("999990013", "999990014"):
        assert pairs[key].fields["key"] == key
        assert pairs[key].text == pairs[key].fields["caption"]
    assert "\udced" in pairs["999990015"].text
    assert "\x1b[31m" in pairs["999990017"].text


def test_the_readme_lists_every_damage():
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert sum(line.startswith(f"| {n} |") for n in range(1, 11) for line in text.splitlines()) == 10
    assert "Public Domain" in text
