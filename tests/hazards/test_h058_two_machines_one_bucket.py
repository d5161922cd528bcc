"""Hazard 58 on an object store: two machines share nothing but its conditional put; exactly one writes (F13)."""

import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from burnish.storage.verify import verify
from tests.faulty_s3 import FAULTY_BUCKET
from tests.storage.job import remote_tree

ROOT = Path(__file__).resolve().parents[2]

RACE = """
import sys
from burnish.errors import UsageError
from burnish.storage.lock import Holder
from burnish.storage.run import Run
from tests.storage.job import PLAN, shards, write_shard
import burnish.storage.lock as lock, tempfile
tempfile.tempdir = sys.argv[2]  # another machine: no lock of the system's is shared
out = sys.argv[1]
print("ready", flush=True)
sys.stdin.readline()
try:
    with Run.open(out, PLAN) as run:
        print("W", flush=True)
        sys.stdin.readline()
        for shard in shards(3):
            with run.commit(shard) as commit:
                write_shard(commit, shard)
        run.seal({"README.md": b"# A data set\\n"})
except UsageError as error:
    print("L" if "in use by process" in str(error) else repr(error), flush=True)
"""


@pytest.mark.parametrize("races", [2, pytest.param(25, marks=pytest.mark.slow)])
def test_of_two_runs_on_two_machines_exactly_one_writes(races, store, tmp_path, quiet):
    """Each has a temporary folder of its own, so only the store's conditional put can tell them apart (hazard 58)."""
    for race in range(races):
        out = f"s3://{FAULTY_BUCKET}/race-{uuid.uuid4().hex}"
        folders = [tmp_path / f"{race}{side}" for side in "ab"]
        for folder in folders:
            folder.mkdir()
        runs = [
            subprocess.Popen([sys.executable, "-c", RACE, out, str(folder)], cwd=ROOT, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for folder in folders
        ]  # fmt: skip
        assert [run.stdout.readline() for run in runs] == ["ready\n"] * 2
        for run in runs:
            run.stdin.write("go\n")
            run.stdin.flush()
        answers = sorted(run.stdout.readline() for run in runs)
        for run in runs:
            run.communicate("on\n", timeout=120)
        assert answers == ["L\n", "W\n"]
        assert remote_tree(out) == quiet
        assert verify(out) == []
