"""How soon a new user sees something, and whether what is promised comes true: figures U1, U2, U5 and U6.

    python -m benchmarks.ux --work DIR [--part demo|start|progress|dry_run|cost ...]

- demo (U1): `make demo` in a fresh clone: the install by itself, then from the command to the written report, and
  until a headless Chromium has shown it. Target 60 s beyond the install.
- start (U2): `import burnish` and `burnish --help`, fresh processes, medians. Targets 0.25 s and 0.35 s.
- progress (U5): `burnish enhance` on a terminal (a pty): seconds until the first line of progress, and how far off the
  time left was when 5 % of the pairs were done, in parts of what was then really left. Targets 2 s and 20 %.
- dry_run (U6): `burnish enhance --dry-run` on 100,000 pairs. Target 15 s beyond 50 model calls.
- cost (U6): see `benchmarks.ux_cost`. Target: the real cost inside the printed interval in 90 % of trials.

Each part replaces its own figures in docs/figures/ux.json; the page is made of all that are there.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import shutil
import statistics
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks import corpus, measure, startup, ux_cost
from benchmarks.measure import machine
from benchmarks.report_page import opened_s

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "figures"
START_RUNS = 9
PROGRESS = {"no model": ("none", 8_000, 3), "built-in model": ("aitqe", 800, 3)}
"""Recipe, pairs and rounds of each measure of progress."""
PER_SHARD = 50
DRY_PAIRS = 100_000
DRY_ROUNDS = 2
AT = 0.05
HEAD = """\
# What a user waits for, and what comes true

Made by `python -m benchmarks.ux --work DIR`. What is aimed at, and where each figure is held or measured:

| | aim | where |
|---|---|---|
| U1 | from a clone to a report within 60 s beyond the install | here |
| U2 | `burnish --help` in 0.35 s, `import burnish` in 0.25 s, nothing heavy in | here; `tests/test_house_rules.py` |
| U3 | every block of code of README and pages runs | `tests/test_docs.py` |
| U4 | outputs load with webdataset, datasets, pandas and by open_clip's rules | `tests/stores/test_interop.py` |
| U5 | something to see within 2 s; the time left within 20 % once 5 % are done | here |
| U6 | a dry run of 100,000 pairs within 15 s; the real cost inside its interval 9 times in 10 | here |
| U7 | 60 wrong uses: one message of at most 6 lines with what to do, no traceback | `tests/cli/test_wrong_uses.py` |
| U8 | the report of a million pairs: at most 5 MB, 0 outside requests | `tests/report`, [report](report.md) |
| U10 | every option documented; page, schema and completion from one source | `tests/tools/test_docs_cli.py` |"""
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LINE = re.compile(r"(?P<done>[\d,]+) of (?P<all>[\d,]+) pairs.*?  (?:(?P<left>[\d][^k]*?) left)?")
_PART = re.compile(r"([\d.]+) (h|min|s)")
_UNIT_S = {"h": 3_600.0, "min": 60.0, "s": 1.0}


def demo(work: Path) -> dict[str, Any]:
    """A fresh clone of the committed tree, from nothing to an opened report."""
    clone = work / "clone"
    shutil.rmtree(clone, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    install_s = timed(["make", "--silent", ".venv/.installed"], clone)
    demo_s = timed(["make", "--silent", "demo"], clone)
    report = clone / "burnish-demo" / "out" / "report.html"
    found = {"install_s": install_s, "demo_s": demo_s, "report_mb": round(report.stat().st_size / 1e6, 2)}
    found["opened_s"] = opened_s(report)
    shutil.rmtree(clone)
    return {**found, "target_s": 60}


def timed(command: Sequence[str], folder: Path) -> float:
    began = time.monotonic()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return round(time.monotonic() - began, 2)


def start(_work: Path) -> dict[str, Any]:
    """Medians of fresh processes by the clock and of the CPU, which other load disturbs less."""
    found = {}
    for kind, target_s in startup.TARGETS_S.items():
        runs = [startup.seconds(startup.KINDS[kind]) for _ in range(START_RUNS + startup.WARM_UP)][startup.WARM_UP :]
        clock, cpu = (round(statistics.median(each), 3) for each in zip(*runs, strict=True))
        found[kind] = {"median_s": clock, "median_cpu_s": cpu, "n": START_RUNS, "target_s": target_s}
    return found


def progress(work: Path) -> dict[str, Any]:
    """Runs on a terminal, watched from outside."""
    return {
        name: [watched(corpus.repeated(work, pairs, PER_SHARD), work / "out", recipe) for _ in range(rounds)]
        for name, (recipe, pairs, rounds) in PROGRESS.items()
    }


def watched(source: Path, out: Path, recipe: str) -> dict[str, float | int | None]:
    """One run: seconds to the first line, to the first counted one, and the error of the time left at `AT`."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "burnish", "enhance", str(source), "-o", str(out), "--set", f"recipe={recipe}"]
    first = counted = at = left = None
    for seconds, text in shown(command):
        first = seconds if first is None and text.strip() else first
        for line in _LINE.finditer(text):
            counted = seconds if counted is None else counted
            share = number(line["done"]) / number(line["all"])
            if left is None and share >= AT and line["left"]:
                at, left = seconds, left_s(line["left"])
        total_s = seconds
    really = None if at is None else total_s - at
    return {
        "first_s": rounded(first),
        "counted_s": rounded(counted),
        "total_s": round(total_s, 1),
        "left_said_s": rounded(left),
        "left_really_s": rounded(really),
        "error": None if left is None or not really else round(abs(left - really) / really, 3),
    }


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def number(text: str) -> int:
    return int(text.replace(",", ""))


def left_s(text: str) -> float:
    """Seconds of what `burnish` prints as a duration: ``3 min 5 s``."""
    return sum(float(value) * _UNIT_S[unit] for value, unit in _PART.findall(text))


def shown(command: Sequence[str]) -> Iterator[tuple[float, str]]:
    """What `command` writes to stderr, a terminal of 200 columns, with the seconds since its start; at its end ""."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color"}
    began = time.monotonic()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=env)
        os.close(theirs)
        with closing(screen):
            while chunk := read(screen.fileno()):
                yield time.monotonic() - began, _ANSI.sub("", chunk.decode("utf-8", "replace"))
        if process.wait():
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        yield time.monotonic() - began, ""


def read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # EIO: nobody holds the other end any more
        return b""


def dry_run(work: Path) -> dict[str, Any]:
    """A look at a large source, with the built-in model."""
    source = corpus.linked(work, DRY_PAIRS)
    command = [
        sys.executable,
        "-m",
        "burnish",
        "enhance",
        str(source),
        "-o",
        str(work / "never"),
        "--dry-run",
        "--json",
    ]
    runs, cpu, log = [], [], work / "dry-run.json"
    for _ in range(DRY_ROUNDS):
        run = measure.run(command, log=log)
        runs.append(round(run.wall_s, 2))
        cpu.append(round(run.cpu_s, 2))
    assert not (work / "never").exists()
    told = json.loads(log.read_text("utf-8").splitlines()[-1])
    about = {"told_pairs": told["total"], "sample": told["sample"], "target_s": 15}
    return {"pairs": DRY_PAIRS, "seconds": runs, "cpu_seconds": cpu, **about}


PARTS = {"demo": demo, "start": start, "progress": progress, "dry_run": dry_run, "cost": ux_cost.measured}


def page(found: dict[str, Any]) -> str:
    lines = [HEAD]
    for name, told in (("demo", demo_lines), ("start", start_lines), ("progress", progress_lines)):
        lines += told(found[name]) if name in found else []
    lines += dry_run_lines(found["dry_run"]) if "dry_run" in found else []
    lines += ux_cost.lines(found["cost"]) if "cost" in found else []
    return "\n".join(lines) + "\n"


def demo_lines(found: dict[str, Any]) -> list[str]:
    shown_s = "no Chromium" if found["opened_s"] is None else f"shown after {found['opened_s']:.2f} s more"
    text = f"""
## From a clone to a report (U1)

`make demo` in a fresh clone: {found["install_s"]:.0f} s for the install, then **{found["demo_s"]:.1f} s** to the
written report ({found["report_mb"]} MB; {shown_s}). Target: {found["target_s"]} s beyond the install. One run, the
machine's file cache warm. {where(found)}"""
    return [text]


def start_lines(found: dict[str, Any]) -> list[str]:
    rows = [
        f"| `{kind}` | {row['median_s']:.3f} | {row['median_cpu_s']:.3f} | {row['target_s']} | {row['n']} |"
        for kind, row in found.items()
        if kind != "machine"
    ]
    head = ["| | median, s | CPU, s | target, s | n |", "|---|---:|---:|---:|---:|"]
    return ["\n## Start (U2)\n", *head, *rows, "", where(found)]


def progress_lines(found: dict[str, Any]) -> list[str]:
    rows = [
        f"| {name} | {row['total_s']} | {row['first_s']} | {row['counted_s']} | {row['left_said_s']} |"
        f" {row['left_really_s']} | {'none' if row['error'] is None else format(row['error'], '.0%')} |"
        for name, runs in found.items()
        if name != "machine"
        for row in runs
    ]
    text = f"""
## Progress (U5)

On a terminal, shards of {PER_SHARD} pairs. *First*: anything on the screen; *counted*: the first number of pairs;
*left*: what the line said when 5 % were done, and what it was. Targets: first within 2 s, error within 20 %.

| | run, s | first, s | counted, s | left, said, s | left, really, s | error |
|---|---:|---:|---:|---:|---:|---:|"""
    return [text, *rows, "", where(found)]


def dry_run_lines(found: dict[str, Any]) -> list[str]:
    seconds, cpu = (", ".join(f"{each:.1f}" for each in found[name]) for name in ("seconds", "cpu_seconds"))
    text = f"""
## Dry run (U6)

`burnish enhance --dry-run` on {found["pairs"]:,} pairs of tiny pictures, built-in model: {seconds} s by the clock,
{cpu} s of CPU. Target: {found["target_s"]} s beyond 50 model calls, which these hold too. It said
{found["told_pairs"]:,} pairs, from {found["sample"]}. {where(found)}"""
    return [text]


def where(found: dict[str, Any]) -> str:
    return "Measured on: " + ", ".join(f"{key} {value}" for key, value in found["machine"].items()) + "."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--part", action="append", choices=PARTS, help="may be repeated; all of them if not given")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    path = FIGURES / "ux.json"
    found = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for part in given.part or PARTS:
        before = machine([])
        found[part] = {**PARTS[part](given.work), "machine": before}
        print(json.dumps({part: found[part]}, indent=1), flush=True)
        path.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        (FIGURES / "ux.md").write_text(page(found), "utf-8")


if __name__ == "__main__":
    main()
