"""Whole runs killed at random moments, engine or worker, then the same command: the bytes of a quiet run (F1)."""

import subprocess
import sys
from pathlib import Path

import pytest

from burnish.storage.verify import verify
from tests.shards import write_shard
from tests.storage.conftest import quick_path
from tests.storage.job import tree

__all__ = ["quick_path"]

ROOT = Path(__file__).resolve().parents[2]
SHARDS, PAIRS = 6, 20


def lasting(out: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(out).items() if not name.endswith("run.jsonl")}


@pytest.mark.parametrize("kills", [60, pytest.param(1000, marks=[pytest.mark.full("F1"), pytest.mark.timeout(3600)])])
def test_h055_random_kills_of_whole_runs_leave_the_same_bytes(quick_path, kills, record_property):
    source = quick_path / "in"
    for shard in range(SHARDS):
        texts = [f"caption {i} of shard {shard}" for i in range(PAIRS)]
        write_shard(source / f"{shard:05d}.tar", texts, first=shard * 100, broken={7} if shard == 3 else set())
    with (quick_path / "said").open("w") as said:  # no pipe: orphans of killed runs would keep it open
        done = subprocess.run(
            [sys.executable, "-m", "tests.engines.killing", source, quick_path, str(kills), "7"],
            cwd=ROOT, stdout=said, stderr=said, check=False,
        )  # fmt: skip
    assert done.returncode == 0, (quick_path / "said").read_text()
    engines, workers, runs, states = map(int, (quick_path / "struck").read_text().split())
    assert engines + workers >= kills
    assert workers > 0
    assert states >= 3, "the kills must hit runs in the middle of their work"
    quiet = lasting(quick_path / "quiet")
    assert len([name for name in quiet if name.endswith(".tar")]) == SHARDS
    for run in range(runs):
        assert lasting(quick_path / str(run)) == quiet
        assert verify(str(quick_path / str(run))) == []
    record_property("kills", engines + workers)
    record_property("of workers", workers)
    record_property("outputs", runs)
    record_property("differences", 0)
