"""Workers that may outlive their run, or race with others at one shard: the first commit stands, the last run owns."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from burnish.errors import StopError
from burnish.storage.run import Run, Ticket
from burnish.storage.verify import verify
from burnish.values import Shard
from tests.storage.job import PLAN, shards, tree, write_shard

SHARD = shards(1)[0]


def names(out: Path) -> set[str]:
    return set(tree(out)) - {".burnish/lock", ".burnish/committing"}


def test_the_second_finisher_discards_its_work_and_learns_what_stands(tmp_path: Path) -> None:
    with Run.open(str(tmp_path), PLAN) as run:
        ticket = run.fenced()
        with ticket.commit(SHARD) as slow, ticket.commit(SHARD) as quick:
            first = write_shard(quick, SHARD)
            before = tree(tmp_path)
            assert write_shard(slow, SHARD, edition=1) == first
        assert {name: data for name, data in tree(tmp_path).items() if "tmp" not in name} == before
        run.seal({"README.md": b"# A data set\n"}, shards=[SHARD.name])
    assert verify(str(tmp_path)) == []


def test_who_begins_after_a_commit_replaces_it_as_a_retry_does(tmp_path: Path) -> None:
    with Run.open(str(tmp_path), PLAN) as run:
        ticket = run.fenced()
        with ticket.commit(SHARD) as one:
            write_shard(one, SHARD)
        with ticket.commit(SHARD) as again:
            other = write_shard(again, SHARD, edition=1)
        assert run.records()[SHARD.name] == other


@pytest.mark.parametrize("taken_over", [True, False])
def test_a_worker_of_a_run_that_is_gone_commits_nothing(tmp_path: Path, *, taken_over: bool) -> None:
    with Run.open(str(tmp_path), PLAN) as old:
        ticket = old.fenced()
    late = ticket.commit(SHARD)
    if taken_over:
        with Run.open(str(tmp_path), PLAN), pytest.raises(StopError, match="another run"), late:
            write_shard(late, SHARD)
    else:
        with pytest.raises(StopError, match="another run"), late:
            write_shard(late, SHARD)
    assert names(tmp_path) == {".burnish/plan.json"}


def test_a_record_that_vanished_is_no_finished_run(tmp_path: Path) -> None:
    with Run.open(str(tmp_path), PLAN) as run:
        with run.ticket.commit(SHARD) as commit:
            write_shard(commit, SHARD)
        (tmp_path / f".burnish/journal/{SHARD.name}.json").unlink()
        with pytest.raises(StopError, match="its record is gone"):
            run.seal({}, shards=[SHARD.name])


def race(ticket: Ticket, shard: Shard, edition: int, start: object) -> None:
    with ticket.commit(shard) as commit:
        start.wait()  # type: ignore[attr-defined]
        write_shard(commit, shard, edition)


def test_workers_that_race_with_different_bytes_leave_those_of_one(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    with Run.open(str(tmp_path), PLAN) as run:
        ticket = run.fenced()
        for shard in shards(12):
            start = context.Barrier(3)
            racers = [context.Process(target=race, args=(ticket, shard, edition, start)) for edition in (1, 2, 3)]
            for racer in racers:
                racer.start()
            for racer in racers:
                racer.join()
            assert [racer.exitcode for racer in racers] == [0, 0, 0]
        run.seal({"README.md": b"# A data set\n"}, shards=[shard.name for shard in shards(12)])
    assert verify(str(tmp_path)) == []
