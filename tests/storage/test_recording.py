"""Power cuts at every moment of a recorded run: what survives is resumed to the quiet run's bytes (F3)."""

import hashlib
import shutil

import pytest

from burnish.storage.files import LocalFiles
from burnish.storage.journal import Journal
from burnish.storage.layout import record_name
from burnish.storage.recording import Loss, Operation, RecordingFiles, Verb, materialise
from burnish.storage.run import Run
from burnish.storage.verify import verify
from tests.storage.job import PLAN, shards, tree, work, write_shard

SHARDS = 3


def torn(out):
    """Shards that count as done though a file of theirs has other bytes than were committed."""
    files = LocalFiles(out)
    return [
        record.shard
        for record in Journal(files).done().values()
        for entry in record.files
        if hashlib.sha256(files.read(entry.name)).hexdigest() != entry.sha256
    ]


@pytest.fixture
def quiet(quick_path):
    work(quick_path / "quiet", SHARDS)
    return tree(quick_path / "quiet")


@pytest.fixture
def recorded(quick_path):
    files = RecordingFiles(LocalFiles(quick_path / "recorded"))
    work(quick_path / "recorded", SHARDS, files=files)
    return files.operations


def states(operations, seeds):
    """Every prefix with every kind of loss, and `seeds` draws of chance."""
    for stop in range(len(operations) + 1):
        for loss in Loss:
            for seed in range(seeds if loss is Loss.CHANCE else 1):
                yield operations[:stop], loss, seed


@pytest.mark.parametrize("seeds", [3, pytest.param(100, marks=[pytest.mark.full("F3"), pytest.mark.timeout(1800)])])
def test_power_loss_at_every_moment_loses_nothing(quick_path, quiet, recorded, seeds, record_property):
    count, seen = 0, set()
    for operations, loss, seed in states(recorded, seeds):
        out = quick_path / f"state{count}"
        materialise(operations, loss, out, seed)
        count += 1
        state = frozenset(tree(out).items())
        if state in seen:
            shutil.rmtree(out)
            continue
        seen.add(state)
        assert torn(out) == [], f"{len(operations)} operations, {loss}, seed {seed}"
        work(out, SHARDS)
        assert tree(out) == quiet, f"{len(operations)} operations, {loss}, seed {seed}"
    assert count > 500
    assert len(seen) > 60  # many moments leave the same disk: each is resumed once
    record_property("states", count)
    record_property("different ones, resumed", len(seen))
    record_property("lost or torn", 0)


def test_what_was_committed_survives_any_later_power_loss(quick_path, recorded):
    """A shard whose record is durable stays done in every later state: finished work is never lost."""
    first = record_name(shards(1)[0].name)
    renamed = next(at for at, done in enumerate(recorded) if done.target == first)
    durable = next(
        at for at, done in enumerate(recorded) if at > renamed and done == op(Verb.SYNC_FOLDER, "")
    )  # folders are synced from the innermost to the root
    for stop in range(durable + 1, len(recorded) + 1):
        out = quick_path / f"state{stop}"
        materialise(recorded[:stop], Loss.ALL, out)
        assert shards(1)[0].name in Journal(LocalFiles(out)).done()


def test_committing_a_shard_again_with_other_bytes_never_mixes_old_and_new(quick_path):
    """As `retry` does. The old record is taken back, durably, before the first file under it changes."""
    out = quick_path / "recorded"
    files = RecordingFiles(LocalFiles(out))
    work(out, 1, files=files)
    before = len(files.operations)
    with Run.open(str(out), PLAN, files=files) as run, run.commit(shards(1)[0]) as commit:
        write_shard(commit, shards(1)[0], edition=1)
    for stop in range(before, len(files.operations) + 1):
        for loss in Loss:
            for seed in range(4):
                state = quick_path / f"{stop}-{loss}-{seed}"
                materialise(files.operations[:stop], loss, state, seed)
                assert torn(state) == []


def test_stale_files_of_an_earlier_commit_go(quick_path):
    out = quick_path / "out"
    shard = next(s for s in shards(3) if s.size % 3 == 0)
    work(out, 3)
    assert (out / f".burnish/quarantine/{shard.name}.parquet").exists()
    with Run.open(str(out), PLAN) as run:
        with run.commit(shard) as commit:
            write_shard(commit, shard, edition=1)
        run.seal({"README.md": b"# A data set\n"})
    assert not (out / f".burnish/quarantine/{shard.name}.parquet").exists()
    assert verify(str(out)) == []


def op(verb, name, **more):
    return Operation(verb=verb, name=name, **more)


class TestTheModelItself:
    """The disk model must be as cruel as it says, or the tests above prove nothing."""

    def test_without_any_sync_nothing_need_survive(self, quick_path):
        written = [op(Verb.CREATE, "a"), op(Verb.WRITE, "a", data=b"xyz")]
        for loss, left in {
            Loss.NOTHING: {"a": b"xyz"},
            Loss.NAMES: {},
            Loss.DATA: {"a": b""},
            Loss.ZEROS: {"a": b"\0\0\0"},
            Loss.ALL: {},
        }.items():
            materialise(written, loss, quick_path / loss)
            assert tree(quick_path / loss) == left

    def test_a_rename_without_folder_sync_can_be_undone(self, quick_path):
        done = [
            op(Verb.CREATE, "t"),
            op(Verb.WRITE, "t", data=b"new"),
            op(Verb.SYNC, "t"),
            op(Verb.SYNC_FOLDER, ""),
            op(Verb.REPLACE, "t", target="f"),
        ]
        materialise(done, Loss.ALL, quick_path / "a")
        assert tree(quick_path / "a") == {"t": b"new"}
        materialise([*done, op(Verb.SYNC_FOLDER, "")], Loss.ALL, quick_path / "b")
        assert tree(quick_path / "b") == {"f": b"new"}

    def test_a_folder_without_sync_takes_its_files_with_it(self, quick_path):
        done = [op(Verb.MAKE_FOLDER, "d/e"), op(Verb.CREATE, "d/e/f"), op(Verb.SYNC_FOLDER, "d/e")]
        materialise(done, Loss.ALL, quick_path / "a")
        assert list((quick_path / "a").iterdir()) == []

    def test_a_protocol_without_folder_sync_is_caught(self, quick_path, recorded):
        """Mutation check: leave out one kind of sync and some state must go wrong."""
        for verb, keeps in ((Verb.SYNC, ".json"), (Verb.SYNC_FOLDER, "journal")):
            careless = [o for o in recorded if o.verb is not verb or keeps in o.name]
            bad = 0
            for seed in range(40):
                out = quick_path / f"{verb}-{seed}"
                materialise(careless, Loss.CHANCE, out, seed)
                lost = len(Journal(LocalFiles(out)).records()) - len(Journal(LocalFiles(out)).done())
                bad += bool(torn(out) or lost)
            assert bad, f"without {verb} nothing was ever torn"
