"""SIGKILL at random moments, then the same command: nothing lost, nothing doubled, the same bytes (F1)."""

import subprocess
import sys
from pathlib import Path

import pytest

from burnish.storage.verify import verify
from tests.storage.job import tree

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("shards", "kills"),
    [(60, 60), pytest.param(60, 1000, marks=[pytest.mark.full("F1"), pytest.mark.timeout(1800)])],
    ids=["60", "1000"],
)
def test_any_number_of_kills_leaves_the_same_bytes(quick_path, shards, kills, record_property):
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage.killing", quick_path, str(shards), str(kills), "7"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    struck, runs = map(int, done.stdout.split())
    assert struck >= kills
    quiet = tree(quick_path / "quiet")
    assert (
        len(quiet) == 3 * shards + 20 + 4
    )  # outputs and records, quarantine of every third, and plan, seal, lock, card
    for run in range(runs):
        assert tree(quick_path / str(run)) == quiet
        assert verify(str(quick_path / str(run))) == []
    record_property("kills", struck)
    record_property("outputs", runs)
    record_property("differences", 0)
