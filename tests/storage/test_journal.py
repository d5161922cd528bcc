"""Records: what counts as done."""

import dataclasses

import pytest

from burnish.storage.files import LocalFiles
from burnish.storage.journal import FileEntry, Journal, ShardRecord
from burnish.storage.layout import record_name
from burnish.storage.ledger import Counts
from burnish.storage.sealed import DamagedError, seal, unseal
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


SOUND = unseal(RECORD.to_bytes())


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


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({}, "not a journal record of this version"),
        (SOUND | {"format": 2}, "not a journal record of this version"),
        (SOUND | {"files": [{"name": "a"}]}, r"not a file entry: \{'name': 'a'\}"),
        (SOUND | {"counts": {}}, "counts must be named total, kept, rewritten, recaptioned"),
    ],
)
def test_what_is_no_record_is_told(content, why):
    """`verify` prints it."""
    with pytest.raises(DamagedError, match=f"^{why}"):
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


def test_a_record_in_the_place_of_another_is_none(out):
    one, two = (shard.name for shard in shards(2))
    (out / record_name(one)).write_bytes((out / record_name(two)).read_bytes())
    journal = Journal(LocalFiles(out))
    assert journal.read(one) is None
    assert journal.read(two) is not None
    assert one not in journal.records()


def test_a_damaged_record_hides_no_other(out):
    names = sorted(shard.name for shard in shards(3))
    (out / record_name(names[0])).write_bytes(b"{}")
    assert sorted(Journal(LocalFiles(out)).records()) == names[1:]


class Lagging(LocalFiles):
    """A listing that does not show what is there, as an object store's may."""

    def sizes(self, folder=""):
        return {name: size for name, size in super().sizes(folder).items() if name.startswith(".burnish/")}


def test_a_file_that_a_listing_does_not_show_is_looked_for_by_name(out):
    assert len(Journal(Lagging(out)).done()) == 3
    (out / shards(1)[0].name).write_bytes(b"another size")
    assert len(Journal(Lagging(out)).done()) == 2


class Listed(LocalFiles):
    """Counts how often a single file is asked for: a listing is one request, names are one each."""

    asked = 0

    def size(self, name):
        self.asked += 1
        return super().size(name)


def test_what_the_listing_shows_is_not_asked_for_again(out):
    files = Listed(out)
    assert len(Journal(files).done()) == 3
    assert files.asked == 0


class LaggingJournal(Lagging):
    """Not even the records are shown, and one that was removed still is."""

    def sizes(self, folder=""):
        return {record_name("gone.tar"): 1} if folder else super().sizes(folder)


def test_a_record_that_a_listing_does_not_show_is_looked_for_by_name(out):
    journal = Journal(LaggingJournal(out))
    assert journal.raw() == {}
    names = [shard.name for shard in shards(3)]
    found = journal.raw(names)
    assert list(found) == sorted(map(record_name, names))
    assert ShardRecord.from_bytes(found[record_name(names[0])]).shard == names[0]


def test_half_a_record_is_nobodys(out):
    """What a killed run left beside the records is not looked at."""
    name = record_name(shards(1)[0].name)
    (out / f"{name}.tmp.0123456789ab.01234567").write_bytes(b"half")
    assert len(Journal(LocalFiles(out)).raw()) == 3
