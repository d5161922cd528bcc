"""One output, whatever the workers, batches, stops, clocks and Python (F14, F16), and none under another plan (F15)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import burnish
from burnish import plan as plans
from burnish.engines import local
from burnish.errors import PlanChanged, UsageError
from burnish.storage.layout import ANSWERS
from burnish.storage.verify import verify
from tests.shards import write_shard

SHARDS, PAIRS = 4, 70
OTHER_PYTHON = "FULL_TIER_PYTHON"
"""Names an interpreter of another version in which burnish can be imported."""


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("in")
    for shard in range(SHARDS):
        texts = [f"IMG_{i:04d} caption number {i} of shard {shard}" for i in range(PAIRS)]
        write_shard(folder / f"{shard:05d}.tar", texts, first=shard * 100, broken={7} if shard == 3 else set())
    return folder


def settings(source: Path, out: Path, **more: Any) -> dict[str, Any]:
    return {"source": str(source), "output": str(out), "backend": "fake", "workers": 1, **more}


def enhance(source: Path, out: Path, **more: Any) -> dict[str, str]:
    local.run(plans.build(settings(source, out, **more)))
    return digests(out)


def digests(out: Path) -> dict[str, str]:
    """SHA-256 of every file that lasts; what answers have cost is a cache and no part of the output."""
    files = {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in files.items()
        if path.name not in {"lock", "run.jsonl"} and not name.startswith(f"{ANSWERS}/")
    }


@pytest.fixture(scope="module")
def quiet(source, tmp_path_factory) -> dict[str, str]:
    return enhance(source, tmp_path_factory.mktemp("quiet") / "out")


@pytest.mark.full("F14")
@pytest.mark.timeout(1200)
def test_workers_batches_and_stops_change_no_byte(source, quiet, tmp_path, record_property):
    """Each way, once in one go and once stopped by a limit and gone on with."""
    count = 0
    for (workers, batch), stop in product(product((1, 2, 4), (1, 7, 64)), (0, 95)):
        out = tmp_path / f"{workers}-{batch}-{stop}"
        if stop:
            enhance(source, out, batch_size=batch, limit=stop)
        assert enhance(source, out, workers=workers, batch_size=batch) == quiet
        shutil.rmtree(out)
        count += 1
    record_property("ways of running", count)
    record_property("differences", 0)


@pytest.mark.full("F14")
def test_another_python_gives_the_same_bytes(source, quiet, tmp_path, record_property):
    """The same command in another interpreter, begun here and ended there too."""
    other = os.environ.get(OTHER_PYTHON, "")
    if not other:
        pytest.skip(f"set {OTHER_PYTHON} to a Python of another version that has burnish installed")
    version = subprocess.run([other, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    enhance(source, tmp_path / "both", limit=95)
    for name in ("there", "both"):
        command(other, source, tmp_path / name)
        assert digests(tmp_path / name) == quiet, name
    record_property("python", f"{sys.version.split()[0]} and {version.split()[1]}")
    record_property("differences", 0)


def command(python: str, source: Path, out: Path, *before: str) -> None:
    done = subprocess.run(
        [
            *before,
            python,
            "-m",
            "burnish",
            "enhance",
            str(source),
            "-o",
            str(out),
            "--backend",
            "fake",
            "--workers",
            "1",
        ],
        env={**os.environ, "PYTHONPATH": str(Path(burnish.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr


CLOCKS = {
    "a year ahead": ("-f", "+1y"),
    "an hour back": ("-f", "-1h"),
    "frozen": ("-f", "2001-09-09 01:46:40"),
    "ten times as fast": ("-f", "+0 x10"),
}


@pytest.mark.full("F16")
@pytest.mark.skipif(
    shutil.which("faketime") is None, reason="needs faketime (apt install faketime); hazard 61 does without"
)
@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS.keys())
def test_a_wrong_clock_changes_no_byte(source, quiet, tmp_path, clock, record_property):
    """The clock of all processes of the run, in C as well; only monotonic time is left as it is."""
    command(sys.executable, source, tmp_path / "out", "env", "DONT_FAKE_MONOTONIC=1", "faketime", *clock)
    assert digests(tmp_path / "out") == quiet
    record_property("clocks", 1)
    record_property("differences", 0)


OTHERS: dict[str, Any] = {
    "backend": "builtin",
    "recipe": "none",
    "store": "webdataset",
    "store_options": {"text": "json:caption"},
    "backend_options": {"abstain": "0.5"},
    "answers": "elsewhere",
}


def changed(key: str, value: Any) -> Any:
    """Another value of a plan's key, of the same kind."""
    if key in OTHERS:
        return OTHERS[key]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value / 2 if value else 0.25
    if isinstance(value, str):
        return "other"
    return value


def single_changes() -> list[tuple[str, Any]]:
    """Every key of a plan but source and output, with another value."""
    flat = plans.flatten(asdict(plans.Plan(source="", backend="fake", workers=1)))
    return [
        (key, new) for key, old in flat.items() if key not in {"source", "output"} and (new := changed(key, old)) != old
    ]


def outcome(source: Path, out: Path, key: str, value: Any) -> str:
    """What becomes of a run gone on with under one other key: "refused", "not a plan" or "done"."""
    try:
        plan = plans.build(settings(source, out), plans.override(f"{key}={toml(value)}"))
    except UsageError:
        return "not a plan"
    try:
        local.run(plan)
    except PlanChanged as error:
        return "refused" if key.rpartition(".")[2] in str(error) or "model" in str(error) else f"not named: {error}"
    except UsageError:
        return "not a plan"
    return "done"


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)


@pytest.mark.full("F15")
@pytest.mark.timeout(1200)
def test_each_single_change_is_refused_or_changes_nothing(source, quiet, tmp_path, record_property):
    """By what the plan itself says of each key: what can change an output byte is refused, and nothing is touched."""
    out, seen = tmp_path / "out", {"refused": 0, "not a plan": 0, "done": 0}
    enhance(source, out, limit=95)
    half = digests(out)
    how = {key for key, _ in single_changes() if not semantic(key)}
    for key, value in single_changes():
        if key not in how:
            became = outcome(source, out, key, value)
            assert became in {"refused", "not a plan"}, (key, became)
            assert digests(out) == half, key
            seen[became] += 1
    for key, value in single_changes():
        if key in how:
            fresh = tmp_path / key
            shutil.copytree(out, fresh)
            became = outcome(source, fresh, key, value)
            assert became in {"done", "not a plan"}, (key, became)  # a limit of cost needs prices
            wanted = quiet if became == "done" and key != "limit" else half
            assert key == "limit" or digests(fresh) == wanted, key
            seen[became] += 1
    assert seen["refused"] >= 20
    assert sum(seen.values()) >= 30
    assert verify(str(out)) == []
    for name, count in seen.items():
        record_property(name, count)


def semantic(key: str) -> bool:
    """Whether a key is among those that can change an output byte."""
    return key in plans.Plan(source="", backend="fake").semantic()
