"""The local engine: same bytes whatever the workers, batches and interruptions; resume, retry, limit, refusal."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from burnish import plan as plans
from burnish.engines import local
from burnish.errors import PlanChanged, UsageError
from burnish.runs import plan_of
from burnish.storage.verify import verify
from burnish.summary import Summary
from tests.shards import write_shard


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six shards of 20 pairs, one with an undecodable image."""
    root = tmp_path_factory.mktemp("source")
    for shard in range(6):
        texts = [f"caption {i} of shard {shard}" for i in range(20)]
        write_shard(root / f"{shard:05d}.tar", texts, first=shard * 100, broken={7} if shard == 3 else set())
    return root


def run(source: Path, output: Path, **settings: object) -> Summary:
    return local.run(plans.build({"source": str(source), "output": str(output), "backend": "fake", **settings}))


def bytes_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that lasts."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"lock", "run.jsonl"}
    }


@pytest.fixture(scope="module")
def reference(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    output = tmp_path_factory.mktemp("reference") / "out"
    summary = run(source, output, workers=1)
    assert (summary.counts.total, summary.counts.quarantined, summary.counts.written) == (120, 1, 119)
    assert verify(str(output)) == []
    return bytes_of(output)


@pytest.mark.parametrize(("workers", "batch_size"), [(1, 1), (1, 7), (2, 64), (4, 5)])
def test_h061_output_is_the_same_for_any_workers_and_batch_size(
    source: Path, reference: dict[str, str], tmp_path: Path, workers: int, batch_size: int
) -> None:
    run(source, tmp_path / "out", workers=workers, batch_size=batch_size)
    assert bytes_of(tmp_path / "out") == reference


def test_the_same_command_again_does_nothing_and_changes_nothing(
    source: Path, reference: dict[str, str], tmp_path: Path
) -> None:
    run(source, tmp_path / "out", workers=1)
    again = run(source, tmp_path / "out", workers=1)
    assert (again.shards, again.shards_before) == (6, 6)
    assert again.counts.total == 120
    assert bytes_of(tmp_path / "out") == reference


def test_a_limit_and_then_the_rest_give_the_same_output(
    source: Path, reference: dict[str, str], tmp_path: Path
) -> None:
    limited = run(source, tmp_path / "out", limit=50)
    assert limited.counts.total == 50
    assert run(source, tmp_path / "out", limit=50).counts.total == 50
    run(source, tmp_path / "out", workers=2)
    assert bytes_of(tmp_path / "out") == reference


def test_a_changed_plan_is_refused_and_says_which_keys(source: Path, tmp_path: Path) -> None:
    run(source, tmp_path / "out", limit=20)
    before = bytes_of(tmp_path / "out")
    with pytest.raises(PlanChanged, match=r"rewrite.below: 3.0 -> 2.5"):
        run(source, tmp_path / "out", rewrite={"below": 2.5})
    with pytest.raises(PlanChanged, match="model"):
        run(source, tmp_path / "out", backend_options={"abstain": "0.5"})
    assert bytes_of(tmp_path / "out") == before


def test_retry_repairs_only_what_failed(source: Path, tmp_path: Path) -> None:
    mine = tmp_path / "source"
    shutil.copytree(source, mine)
    output = tmp_path / "out"
    failing = {"backend_options": {"fail": "0.3"}}
    first = run(mine, output, workers=1, **failing)
    assert first.counts.quarantined == 1
    write_shard(mine / "00003.tar", [f"caption {i} of shard 3" for i in range(20)], first=300)
    untouched = bytes_of(output)
    second = local.run(plan_of(str(output)), retry=True)
    assert second.counts.quarantined == 0
    assert second.counts.total == 120
    assert verify(str(output)) == []
    after = bytes_of(output)
    assert "quarantine/00003.tar.parquet" not in " ".join(after)
    unfailed = [name for name in untouched if name.startswith("0000") and not name.startswith("00003")]
    assert [after[name] for name in unfailed] == [untouched[name] for name in unfailed]


def test_retry_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not an output of burnish"):
        plan_of(str(tmp_path))


def start(source: Path, output: Path, workers: int) -> subprocess.Popen[bytes]:
    code = (
        "import sys\nfrom burnish import plan as plans\nfrom burnish.engines import local\n"
        "if __name__ == '__main__':\n"
        "    settings = {'source': sys.argv[1], 'output': sys.argv[2], 'workers': int(sys.argv[3])}\n"
        "    settings['backend'] = 'fake'\n"
        "    local.run(plans.build(settings))\n"
    )
    script = output.parent / "job.py"
    script.write_text(code)
    return subprocess.Popen([sys.executable, str(script), str(source), str(output), str(workers)])


def test_h055_sigterm_stops_resumably_and_leaves_no_process(
    source: Path, reference: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    job = start(source, output, workers=2)
    deadline = time.monotonic() + 60
    while not list(output.glob(".burnish/journal/*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(job.pid, signal.SIGTERM)
    job.wait(timeout=30)
    run(source, output, workers=1)
    assert bytes_of(output) == reference
