"""Records: what counts as done."""

import dataclasses

import pytest

from burnish.storage.files import LocalFiles
from burnish.storage.journal import FileEntry, Journal, ShardRecord
from burnish.storage.layout import record_name
from burnish.storage.ledger import Counts
from burnish.storage.sealed import DamagedError, seal
from burnish.values import Shard
from tests.storage.job import shards, work

RECORD = ShardRecord(
    shard="a/00000.tar",
    size=3,
    tag="t",
    files=(FileEntry(name="a/00000.tar", size=1, sha256="0" * 64),),
    counts=Counts(total=1, kept=1),
    facts={"reasons": {"ok": 1}},
)


@pytest.fixture
def out(quick_path):
    work(quick_path, 3)
    return quick_path


def test_round_trip():
    assert ShardRecord.from_bytes(RECORD.to_bytes()) == RECORD


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"format": 2},
        {"format": 1, "shard": {"name": "a", "size": 1, "tag": ""}, "files": [{}], "counts": {}, "facts": {}},
        {"format": 1, "shard": {"name": "a", "size": 1, "tag": ""}, "files": [], "counts": {}, "facts": {}},
    ],
)
def test_sealed_but_no_record(content):
    with pytest.raises(DamagedError):
        ShardRecord.from_bytes(seal(content))


def test_a_finished_run_is_done(out):
    journal = Journal(LocalFiles(out))
    assert list(journal.done()) == sorted(shard.name for shard in shards(3))
    assert all(journal.is_done(shard) for shard in shards(3))
    assert not journal.is_done(Shard(name="other.tar", path="", size=1))


@pytest.mark.parametrize("change", [{"size": 1}, {"tag": "later"}])
def test_a_changed_input_shard_is_not_done(out, change):
    assert not Journal(LocalFiles(out)).is_done(dataclasses.replace(shards(1)[0], **change))


@pytest.mark.parametrize("harm", ["torn", "empty", "other_shard", "deleted"])
def test_a_damaged_record_is_not_done(out, harm):
    shard, other = shards(2)
    path = out / record_name(shard.name)
    if harm == "deleted":
        path.unlink()
    else:
        cut = {
            "torn": path.read_bytes()[:99],
            "empty": b"",
            "other_shard": (out / record_name(other.name)).read_bytes(),
        }
        path.write_bytes(cut[harm])
    journal = Journal(LocalFiles(out))
    assert not journal.is_done(shard)
    assert shard.name not in journal.done()
    assert journal.is_done(other)


@pytest.mark.parametrize("harm", ["missing", "short", "long"])
def test_a_record_without_its_bytes_is_not_done(out, harm):
    shard = shards(1)[0]
    path = out / shard.name
    data = path.read_bytes()
    path.write_bytes(data[:-1] if harm == "short" else data + b"x")
    if harm == "missing":
        path.unlink()
    journal = Journal(LocalFiles(out))
    assert not journal.is_done(shard)
    assert shard.name not in journal.done()


def test_no_output_has_no_records(tmp_path):
    journal = Journal(LocalFiles(tmp_path / "none"))
    assert journal.done() == {}
    assert journal.raw() == {}
