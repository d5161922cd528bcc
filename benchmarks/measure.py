"""One command as a whole process tree: wall time, CPU time, peak memory. And what a figure needs to be repeated."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Self

PERIOD_S = 0.25
LONG_S = 60.0
"""Runs below are over before their memory can be said to grow."""
_PR_SET_CHILD_SUBREAPER = 36


class FailedError(Exception):
    """The command ended with another status than 0 or ran too long; its last output is the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. `cpu_s` is user and system time of every process of the tree. `peak_mb` is the largest sum of the
    processes' proportional set sizes (shared pages counted once), sampled each `PERIOD_S`; `memory` holds the samples
    as (seconds since the start, MB).
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    memory: tuple[tuple[float, float], ...] = field(repr=False, default=())


def run(command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, timeout_s: float = 900.0) -> Run:
    """Run `command` to its end. Its output goes to `log`. Raises `FailedError`."""
    _adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**os.environ, **(env or {})}
        )
        with _Sampler(process.pid, started) as sampler:
            status = _wait(process, timeout_s)
    wall_s = time.monotonic() - started
    _reap(deadline=time.monotonic() + 10)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status:
        raise FailedError(f"{' '.join(command)}\nstatus {status}\n{log.read_text(errors='replace')[-2_000:]}")
    return Run(
        wall_s=wall_s,
        cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        peak_mb=max((mb for _, mb in sampler.samples), default=0.0),
        memory=tuple(sampler.samples),
    )


def median(values: Iterable[float]) -> float:
    """The median, rounded to four significant digits: more would be noise."""
    return float(f"{statistics.median(values):.4g}")


def machine(packages: Sequence[str]) -> dict[str, str | int | float]:
    """Where a figure was measured: processor, cores, Python, libraries, load. Nothing that names the host."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "load_1min_before": round(os.getloadavg()[0], 1),
        **{package: version(package) for package in packages},
    }


def as_dict(run_: Run) -> dict[str, float]:
    """A run, rounded; of its samples the medians before the middle and before the end, if it took a while."""
    whole = {key: round(value, 3) for key, value in asdict(run_).items() if key != "memory"}
    return whole | (growth(run_) if run_.wall_s >= LONG_S else {})


def growth(run_: Run) -> dict[str, float]:
    """Memory between 25 % and 50 % of the time, in the last quarter, and the growth from one to the other.

    The last 2 % of the time are left out: workers end there at different moments.
    """
    early = [mb for at, mb in run_.memory if 0.25 <= at / run_.wall_s <= 0.50]
    late = [mb for at, mb in run_.memory if 0.75 <= at / run_.wall_s <= 0.98]
    before, after = statistics.median(early), statistics.median(late)
    return {"early_mb": round(before, 1), "late_mb": round(after, 1), "growth": round(after / before - 1, 4)}


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _adopt_orphans() -> None:
    """Make grandchildren ours when their parent is ended first: else their CPU time would be lost."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def _wait(process: subprocess.Popen[bytes], timeout_s: float) -> int | str:
    try:
        return process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        for pid in _tree(process.pid):
            os.kill(pid, 9)
        process.wait()
        return f"timeout after {timeout_s:.0f} s"


def reap() -> None:
    """Wait for what ended processes have left behind, so that its CPU time is on nobody else's account."""
    _reap(time.monotonic() + 10)


def _reap(deadline: float) -> None:
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            time.sleep(0.05)


class _Sampler:
    """Sums the memory of a process tree from a thread of this process."""

    def __init__(self, pid: int, started: float) -> None:
        self.samples: list[tuple[float, float]] = []
        self._pid = pid
        self._started = started
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(PERIOD_S):
            total_kb = sum(_pss_kb(pid) for pid in _tree(self._pid))
            self.samples.append((round(time.monotonic() - self._started, 2), round(total_kb / 1024, 1)))


def _tree(root: int) -> list[int]:
    pids, at = [root], 0
    while at < len(pids):
        pids += _children(pids[at])
        at += 1
    return pids


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:  # it ended meanwhile
        return []


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def command_line() -> str:
    """The command that makes a figure again, without this machine's paths."""
    module = Path(sys.argv[0]).stem
    return f"python -m benchmarks.{module} --work DIR --clipart DIR"
