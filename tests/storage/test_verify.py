"""One changed byte anywhere is found (F7)."""

import random
from dataclasses import replace

import pytest

from burnish.errors import UsageError
from burnish.storage.files import LocalFiles
from burnish.storage.journal import Journal, ShardRecord
from burnish.storage.layout import record_name
from burnish.storage.ledger import Counts
from burnish.storage.run import Run
from burnish.storage.verify import verify
from tests.storage.job import PLAN, shards, tree, work, write_shard

SHARDS = 4


@pytest.fixture
def out(quick_path):
    work(quick_path / "out", SHARDS)
    assert verify(str(quick_path / "out")) == []
    return quick_path / "out"


def names_found(out):
    return {difference.name for difference in verify(str(out))}


def covered(out):
    return [name for name in tree(out) if name != ".burnish/lock"]


@pytest.mark.parametrize("each", [40, pytest.param(100, marks=pytest.mark.full("F7"))])
def test_one_flipped_bit_anywhere_is_found(out, each, record_property):
    chance, flips = random.Random(3), 0
    for name in covered(out):
        path = out / name
        good = path.read_bytes()
        places = {0, len(good) - 1, *(chance.randrange(len(good)) for _ in range(each))}
        for at in places:
            bad = bytearray(good)
            bad[at] ^= 1 << chance.randrange(8)
            path.write_bytes(bad)
            assert name in names_found(out), f"{name} at {at}"
            flips += 1
        path.write_bytes(good)
    assert flips >= each * 12
    assert verify(str(out)) == []
    record_property("changed bytes", flips)
    record_property("found", flips)


def test_every_other_harm_to_any_file_is_found(out):
    for name in covered(out):
        path, good = out / name, (out / name).read_bytes()
        for harm in (good + b"\0", good + b"\n", good[:-1], good[1:], b"", b" " + good):
            path.write_bytes(harm)
            assert name in names_found(out)
        path.unlink()
        assert names_found(out), f"{name} deleted"
        (out / f"{name}.bak").write_bytes(good)
        assert {f"{name}.bak"} < names_found(out), f"{name} renamed"
        (out / f"{name}.bak").unlink()
        path.write_bytes(good)
    assert verify(str(out)) == []


def test_a_shard_that_vanished_with_its_record_is_found(out):
    for name in covered(out):
        if "00001" in name:
            (out / name).unlink()
    assert ".burnish/seal.json" in names_found(out)


def test_swapped_files_are_found(out):
    a, b = (out / shard.name for shard in shards(2))
    one, two = a.read_bytes(), b.read_bytes()
    a.write_bytes(two)
    b.write_bytes(one)
    assert {shard.name for shard in shards(2)} <= names_found(out)
    a.write_bytes(one)
    b.write_bytes(two)
    a, b = (out / record_name(shard.name) for shard in shards(2))
    one, two = a.read_bytes(), b.read_bytes()
    a.write_bytes(two)
    b.write_bytes(one)
    assert {record_name(shard.name) for shard in shards(2)} <= names_found(out)


@pytest.mark.parametrize(
    "name", ["extra.tar", "a.tar.tmp.0123456789ab.01234567", ".burnish/extra", ".burnish/journal/x.json", "sub/.hidden"]
)
def test_unknown_files_are_found(out, name):
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_bytes(b"{}")
    assert name in names_found(out)


def test_bytes_in_the_lock_are_found(out):
    (out / ".burnish/lock").write_bytes(b"x")
    assert ".burnish/lock" in names_found(out)


def test_two_records_of_one_file_are_found(out):
    record = Journal(LocalFiles(out)).read(shards(1)[0].name)
    files = tuple(replace(entry, sha256="0" * 64) for entry in record.files)
    forged = ShardRecord(shard="other.tar", size=1, tag="", files=files, counts=record.counts)
    (out / record_name("other.tar")).write_bytes(forged.to_bytes())
    assert "recorded for two shards with different bytes" in {difference.what for difference in verify(str(out))}


def test_a_record_whose_counts_do_not_add_up_is_found(out):
    name = shards(1)[0].name
    record = Journal(LocalFiles(out)).read(name)
    forged = ShardRecord(
        shard=name, size=record.size, tag=record.tag, files=record.files, counts=Counts(total=9, kept=1)
    )
    (out / record_name(name)).write_bytes(forged.to_bytes())
    assert name in names_found(out)


def test_an_unfinished_run_is_not_called_whole(quick_path):
    out = quick_path / "out"
    with Run.open(str(out), PLAN) as run:
        with run.commit(shards(1)[0]) as commit:
            write_shard(commit, shards(1)[0])
        assert names_found(out) == {".burnish/lock.json", ".burnish/seal.json"}
    assert [str(d) for d in verify(str(out))] == [
        ".burnish/seal.json: missing: the run has not finished; run the same command again"
    ]


def test_a_shard_committed_after_the_seal_is_found_until_sealed_again(out):
    with Run.open(str(out), PLAN) as run:
        with run.commit(shards(1)[0]) as commit:
            write_shard(commit, shards(1)[0], edition=1)
        assert ".burnish/seal.json" in names_found(out)
        run.seal({"README.md": b"# A data set\n"})
    assert verify(str(out)) == []


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_what_is_no_output_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="not an output of burnish"):
        verify(str(tmp_path / name))
    assert not (tmp_path / "missing").exists()
