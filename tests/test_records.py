"""Records as Parquet: read back as written, without threads that outlive the reading."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from burnish import records
from burnish.values import Score, State
from tests.builders import record

_THREADS = """
import os, sys
import pyarrow.parquet  # its libraries start threads of their own when they are loaded
from burnish import records
before = set(os.listdir("/proc/self/task"))
with open(sys.argv[1], "rb") as file:
    rows = records.read(file)
print(len(rows), len(set(os.listdir("/proc/self/task")) - before))
"""


def written(path: Path, count: int) -> Path:
    with path.open("wb") as sink:
        writer = records.RecordsWriter(sink)
        for ordinal in range(count):
            writer.put(record(f"A red apple, number {ordinal}.", ordinal))
        writer.finish()
    return path


def test_what_was_written_is_read_in_order(tmp_path: Path) -> None:
    path = written(tmp_path / "r.parquet", 5)
    with path.open("rb") as file:
        rows = records.read(file)
    assert [row["captions"][0]["text"] for row in rows] == [f"A red apple, number {n}." for n in range(5)]


def test_all_that_is_known_of_a_score_is_read_back(tmp_path: Path) -> None:
    score = Score(criterion="overall", value=2.5, confidence=0.5, spread=0.25, reason="a file name", blind=2.0)
    missing = Score(criterion="object_detail", value=None, confidence=0.0, state=State.ABSTAINED)
    made = record("a dog.jpg")
    made = replace(made, captions=(replace(made.captions[0], scores=(score, missing)),))
    with (tmp_path / "r.parquet").open("wb") as sink:
        writer = records.RecordsWriter(sink)
        writer.put(made)
        writer.finish()
    with (tmp_path / "r.parquet").open("rb") as file:
        (row,) = records.read(file)
    assert records.captions(row) == made.captions
    for known in row["captions"][0]["scores"]:
        del known["blind"]  # as an earlier release wrote it
    assert records.captions(row)[0].scores[0] == replace(score, blind=None)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")
def test_reading_leaves_no_thread_behind(tmp_path: Path) -> None:
    """A thread of Arrow that frees a Python buffer while the interpreter ends aborts the process."""
    path = written(tmp_path / "r.parquet", 200)
    done = subprocess.run(
        [sys.executable, "-c", _THREADS, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["200", "0"]
