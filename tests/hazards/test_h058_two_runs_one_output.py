"""Hazard 58: two runs race on one output. Exactly one writes, the other refuses and names it (F13)."""

import subprocess
import sys
from pathlib import Path

import pytest

from burnish.storage.verify import verify
from tests.storage.job import tree, work

ROOT = Path(__file__).resolve().parents[2]
SHARDS = 5

RACE = """
import os, sys
from burnish.errors import UsageError
from burnish.storage.run import Run
from tests.storage.job import PLAN, shards, work, write_shard

folder, races = sys.argv[1], int(sys.argv[2])
for race in range(races):
    out, go, results = f"{folder}/{race}", os.pipe(), os.pipe()
    held = os.pipe()
    children = []
    for _ in range(2):
        child = os.fork()
        if not child:
            os.close(go[1]); os.close(held[1])
            os.read(go[0], 1)  # both wait for the starting shot
            try:
                with Run.open(out, PLAN) as run:
                    os.write(results[1], b"W")
                    os.read(held[0], 1)  # keep it until the other one had its answer
                    for shard in shards(5):
                        with run.commit(shard) as commit:
                            write_shard(commit, shard)
                    run.seal({"README.md": b"# A data set\\n"})
            except UsageError as error:
                text = str(error)
                os.write(results[1], b"L" if "in use by process" in text else b"?" + text.encode())
            except BaseException as error:  # the other one waits for an answer
                os.write(results[1], b"?" + repr(error).encode())
            os._exit(0)
        children.append(child)
    os.close(go[0]); os.close(go[1])
    answers = os.read(results[0], 1) + os.read(results[0], 999)
    os.close(held[0]); os.close(held[1])
    for child in children:
        os.waitpid(child, 0)
    os.close(results[0]); os.close(results[1])
    print(answers.decode(), flush=True)
"""


@pytest.mark.parametrize("races", [20, pytest.param(100, marks=pytest.mark.full("F13"))])
def test_exactly_one_of_two_runs_writes(quick_path, races, record_property):
    work(quick_path / "quiet", SHARDS)
    done = subprocess.run(
        [sys.executable, "-c", RACE, quick_path, str(races)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers = done.stdout.split("\n")[:-1]
    assert len(answers) == races
    assert {"".join(sorted(answer)) for answer in answers} == {"LW"}
    for race in range(races):
        assert tree(quick_path / str(race)) == tree(quick_path / "quiet")
        assert verify(str(quick_path / str(race))) == []
    record_property("races", races)
    record_property("with exactly one writer", races)
