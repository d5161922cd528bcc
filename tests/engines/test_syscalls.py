"""A run stopped at every call that changes the disk: killed before it (F2), or the call fails (F4).

The calls are the kernel's, seen and hit by strace, of whole runs in the process that commits. SQLite is not used.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from burnish.engines import local
from burnish.errors import BurnishError
from burnish.plan import build
from burnish.storage.layout import is_temp
from burnish.storage.verify import verify
from tests.shards import write_shard
from tests.storage.conftest import quick_path
from tests.storage.job import tree

__all__ = ["quick_path"]

DURABLE = ("write", "fsync", "rename", "unlink", "mkdir", "link", "openat")
FAILING = {"fsync": "EIO", "rename": "ENOSPC", "mkdir": "EDQUOT", "unlink": "EROFS", "link": "EACCES"}
FINISHED = 0


def traceable() -> bool:
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(
    not traceable(), reason="needs strace and the right to trace (apt install strace); test_h055 does it in Python"
)


@pytest.fixture
def source(quick_path):
    for shard in range(2):
        write_shard(quick_path / "in" / f"{shard:05d}.tar", [f"caption {i}" for i in range(3)], first=10 * shard)
    return quick_path / "in"


def enhance(source: Path, out: Path) -> None:
    local.run(build({"source": str(source), "output": str(out), "backend": "fake", "workers": 1}))


def traced(source: Path, out: Path, log: Path, *how: str) -> int:
    """The run in a child of this process under strace from its first step; its exit code, or minus the signal."""
    child = os.fork()
    if not child:
        code = 1
        try:
            os.kill(os.getpid(), signal.SIGSTOP)
            enhance(source, out)
            code = FINISHED
        except BurnishError as error:
            code = error.exit_code
        finally:
            os._exit(code)
    os.waitpid(child, os.WUNTRACED)
    tracer = subprocess.Popen(["strace", "-qq", "-o", str(log), *how, "-p", str(child)], stderr=subprocess.DEVNULL)
    while f"TracerPid:\t{tracer.pid}\n" not in Path(f"/proc/{child}/status").read_text():
        time.sleep(0.002)
    os.kill(child, signal.SIGCONT)
    status = os.waitpid(child, 0)[1]
    tracer.wait()
    return os.waitstatus_to_exitcode(status)


def lasting(out: Path) -> dict[str, bytes]:
    """The output without what a run says of itself; who holds the lock may stay there if its removal failed."""
    told = ("run.jsonl", "lock.json")
    return {name: data for name, data in tree(out).items() if not name.endswith(told)} if out.exists() else {}


def points(source: Path, folder: Path) -> dict[str, list[int]]:
    """Of each call, which ones of a quiet run touch the output: by number from 1, as strace counts them."""
    log, out = folder / "calls", folder / "quiet"
    assert traced(source, out, log, "-y", "-e", f"trace={','.join(DURABLE)}") == FINISHED
    counted: dict[str, int] = dict.fromkeys(DURABLE, 0)
    found: dict[str, list[int]] = {name: [] for name in DURABLE}
    for line in log.read_text("utf-8", "replace").splitlines():
        match = re.match(r"(\w+)\(", line)
        if match is None or match[1] not in counted:
            continue
        counted[match[1]] += 1
        if str(out) in line and (match[1] != "openat" or "O_CREAT" in line):
            found[match[1]].append(counted[match[1]])
    return found


def every(found: dict[str, list[int]], step: int) -> list[tuple[str, int]]:
    return [(name, at) for name, places in found.items() for at in places[::step]]


def stopped_at(source: Path, folder: Path, kind: Callable[[str], str | None], step: int) -> tuple[int, int]:
    """(points hit, points at which the run went on by itself). After each the same command gives the quiet bytes."""
    enhance(source, folder / "warm")  # what this process imports and reads but once must not be counted
    found = points(source, folder)
    quiet = lasting(folder / "quiet")
    hit = survived = 0
    for name, at in every(found, step):
        inject = kind(name)
        if inject is None:
            continue
        out = folder / "out"
        code = traced(source, out, folder / "log", "-e", f"trace={name}", "-e", f"inject={name}:{inject}:when={at}")
        assert code in {FINISHED, -signal.SIGKILL, 75}, (name, at, code)
        hit, survived = hit + 1, survived + (code == FINISHED)
        if code != FINISHED:
            left = {n: d for n, d in lasting(out).items() if not is_temp(n) and n in quiet}
            assert all(quiet[n] == d for n, d in left.items() if not n.endswith(("lock", "lock.json"))), (name, at)
            enhance(source, out)
        assert lasting(out) == quiet, (name, at)
        if [each.name for each in verify(str(out))] == [".burnish/lock.json"]:
            enhance(source, out)  # its removal failed at the very end: the next run takes it away
        assert verify(str(out)) == [], (name, at)
        shutil.rmtree(out)
    return hit, survived


def killed(_: str) -> str:
    return "signal=SIGKILL"


def failing(name: str) -> str | None:
    return f"error={FAILING[name]}" if name in FAILING else None


SIZES = [12, pytest.param(1, marks=[pytest.mark.full("F2"), pytest.mark.timeout(3600)])]


@pytest.mark.parametrize("step", SIZES)
def test_killed_before_every_call_that_changes_the_disk(source, quick_path, step, record_property):
    hit, survived = stopped_at(source, quick_path, killed, step)
    assert hit > 60 / step
    assert survived == 0
    record_property("calls", hit)
    record_property("differences", 0)


@pytest.mark.parametrize("step", [12, pytest.param(1, marks=[pytest.mark.full("F4"), pytest.mark.timeout(3600)])])
def test_every_such_call_fails_once(source, quick_path, step, record_property):
    hit, survived = stopped_at(source, quick_path, failing, step)
    assert hit > 30 / step
    record_property("calls", hit)
    record_property("failures that the run could do without", survived)
    record_property("differences", 0)
