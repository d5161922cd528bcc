"""A run from claim to seal."""

import multiprocessing
import pickle

import pytest

from burnish.errors import PlanChanged, StopError, UsageError
from burnish.storage.commit import Commit
from burnish.storage.files import LocalFiles
from burnish.storage.layout import is_temp
from burnish.storage.ledger import Counts
from burnish.storage.run import Run
from burnish.storage.verify import verify
from burnish.values import Shard
from tests.storage.job import PLAN, shards, tree, work, write_shard


def commit_by_ticket(ticket, shard):
    with ticket.commit(shard) as commit:
        write_shard(commit, shard)


def test_worker_processes_with_tickets_give_the_same_bytes(tmp_path):
    work(tmp_path / "quiet", 8)
    with Run.open(str(tmp_path / "out"), PLAN) as run:
        assert pickle.loads(pickle.dumps(run.ticket)) == run.ticket
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            pool.starmap(commit_by_ticket, [(run.ticket, shard) for shard in reversed(shards(8))])
        assert len(run.records()) == 8
        run.seal({"README.md": b"# A data set\n"})
    assert tree(tmp_path / "out") == tree(tmp_path / "quiet")


def test_temps_of_dead_runs_are_swept_and_nothing_else(tmp_path):
    work(tmp_path, 2)
    before = tree(tmp_path)
    left = [
        tmp_path / f"{name}.tmp.0123456789ab.01234567" for name in ("part0/x.tar", ".burnish/plan.json", "README.md")
    ]
    for path in left:
        path.write_bytes(b"half")
    mine = tmp_path / "notes.tmp"
    mine.write_bytes(b"")
    Run.open(str(tmp_path), PLAN).close()
    assert not any(path.exists() for path in left)
    mine.unlink()
    assert tree(tmp_path) == before


def test_refusals_touch_nothing(tmp_path):
    (tmp_path / "in").mkdir()
    work(tmp_path / "out", 1)
    before = tree(tmp_path)
    with pytest.raises(PlanChanged):
        Run.open(str(tmp_path / "out"), PLAN | {"threshold": 4.0})
    with pytest.raises(UsageError, match="is the input"):
        Run.open(str(tmp_path / "in"), PLAN, source=str(tmp_path / "in"))
    assert tree(tmp_path) == before


def test_sealing_sums_all_shards_and_can_be_repeated(tmp_path):
    work(tmp_path, 6)
    before = tree(tmp_path)
    with Run.open(str(tmp_path), PLAN) as run:
        counts = run.seal({"README.md": b"# A data set\n"})
    per_shard = [Counts(total=4, kept=1, passed=1, quarantined=1, gaps=1), Counts(total=2, kept=1, rewritten=1)]
    assert counts == sum((per_shard[bool(shard.size % 3)] for shard in shards(6)), Counts())
    assert tree(tmp_path) == before


def test_sealing_over_a_damaged_record_stops(tmp_path):
    with Run.open(str(tmp_path), PLAN) as run:
        commit_by_ticket(run.ticket, shards(1)[0])
        (tmp_path / f".burnish/journal/{shards(1)[0].name}.json").write_bytes(b"{}")
        with pytest.raises(StopError, match="damaged"):
            run.seal({})
    assert next(d.name for d in verify(str(tmp_path))) == ".burnish/journal/part0/00000.tar.json"


def test_what_dead_workers_left_goes_when_a_run_that_they_did_not_end_is_sealed(tmp_path):
    with Run.open(str(tmp_path / "out"), {"plan": 1}) as run:
        ticket = run.fenced()
        left = ticket.commit(Shard(name="00000.tar", path="", size=1))
        left.create("00000.tar").write(b"half")
        assert [name for name in run.files.sizes() if is_temp(name)]
        run.seal({})
        assert not [name for name in run.files.sizes() if is_temp(name)]
        left.abandon()


def test_two_shards_that_wrote_one_file_at_the_same_moment_are_not_sealed(tmp_path):
    """Each looks before the other has its record: only the seal sees both."""

    class Slow(LocalFiles):
        def replace(self, temp, name):
            if not (tmp_path / "out" / "same.tar").exists():
                with Commit(LocalFiles(tmp_path / "out"), "0123456789ab", second) as commit:
                    write(commit, b"two")
            super().replace(temp, name)

    def write(commit, data):
        with commit.create("same.tar") as file:
            file.write(data)
        commit.publish(Counts(total=1, kept=1))

    first, second = (Shard(name=name, path="", size=1) for name in ("a.tar", "a.tar.gz"))
    with Run.open(str(tmp_path / "out"), PLAN) as run:
        with Commit(Slow(tmp_path / "out"), "0123456789ab", first) as commit:
            write(commit, b"one")
        with pytest.raises(StopError, match=r"a\.tar\.gz and a\.tar both wrote same\.tar"):
            run.seal({}, shards=["a.tar", "a.tar.gz"])
    assert not (tmp_path / "out" / ".burnish" / "seal.json").exists()
