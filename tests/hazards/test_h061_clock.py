"""Hazard 61: clock jumps, frozen clocks, wrong years. No wall clock in data, none in waits."""

import hashlib
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import burnish

CLOCKS = {
    "a year ahead": "real() + 365.25 * 86_400",
    "an hour back": "real() - 3_600",
    "frozen": "1_000_000_000.0",
    "jumping back and forth": "real() + (-1) ** next(ticks) * 86_400",
}
RUN = """
import itertools, sys, time
real, ticks = time.time, itertools.count()
time.time = lambda: {clock}
from burnish.cli import main
main()
"""


def enhance(source: Path, out: Path, clock: str) -> dict[str, str]:
    """SHA-256 of every lasting file of a run whose clock is wrong."""
    arguments = ["enhance", str(source), "-o", str(out), "--backend", "fake", "--workers", "1", "--set", "max_bad=1"]
    subprocess.run(
        [sys.executable, "-c", RUN.format(clock=clock), *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(burnish.__file__).parents[1])},
    )
    lasting = (p for p in sorted(out.rglob("*")) if p.is_file() and p.name != "run.jsonl")
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in lasting}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("in")
    (folder / "00000.tar").write_bytes((files("burnish.sample") / "broken-00000.tar").read_bytes())
    return folder


@pytest.fixture(scope="module")
def right(source, tmp_path_factory):
    return enhance(source, tmp_path_factory.mktemp("right") / "out", "real()")


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS.keys())
def test_the_output_is_the_same_to_the_byte(source, right, tmp_path, clock):
    assert enhance(source, tmp_path / "out", clock) == right


def test_resume_under_another_clock(source, right, tmp_path):
    enhance(source, tmp_path / "out", CLOCKS["a year ahead"])
    (tmp_path / "out" / "00000.tar").unlink()
    assert enhance(source, tmp_path / "out", CLOCKS["an hour back"]) == right


def test_only_the_log_and_the_headers_of_http_read_the_wall_clock():
    """A Retry-After may be a date, and servers say when they answered: no wait is longer than a cap for that."""
    wall = re.compile(r"\btime\.time\(|\bdatetime\.(?:now|utcnow|today)\(|\bdate\.today\(|\.created\b")
    root = Path(burnish.__file__).parent
    readers = {p.relative_to(root).as_posix() for p in root.rglob("*.py") if wall.search(p.read_text(encoding="utf-8"))}
    http = {
        "chat/openai/answers.py",
        "fakeserver/faults/refusals.py",
        "fakeserver/completion.py",
        "fetching/fetcher.py",
    }
    assert readers == {"cli/_log.py"} | http
