"""Runs on a Ray cluster as users start them: the command line, in a process of its own, on a node."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests import ray_cluster
from tests.ray_cluster import Cluster
from tests.shards import write_shard

SHARDS, PAIRS = 12, 12
_NOT_OUTPUT = {"lock", "committing", "run.jsonl"}


class Gates:
    """The files that `tests.ray_models` obeys: what happens at a shard, or on a node, instead of after some time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def set(self, what: str, places: Iterable[object]) -> None:
        """`what`: hold, kill or fail; `places`: numbers of shards, or names of hosts."""
        for place in places:
            (self._folder / f"{what}-{place}").touch()

    def held(self) -> dict[str, int]:
        """Where a model waits or waited, and the process it is in, as it is called on its node."""
        found = {path.name: path.read_text(encoding="ascii") for path in self._folder.glob("held-*")}
        return {name.removeprefix("held-"): int(pid) for name, pid in found.items() if pid.endswith("\n")}

    def left(self, what: str) -> list[str]:
        """The gates of a kind that are still there."""
        return sorted(path.name for path in self._folder.glob(f"{what}-*"))

    def open(self, places: Iterable[object]) -> None:
        """Let go what is held there."""
        for place in places:
            (self._folder / f"hold-{place}").unlink(missing_ok=True)

    def clear(self) -> None:
        """Take all of them away."""
        for what in ("hold", "held", "kill", "fail"):
            for path in self._folder.glob(f"{what}-*"):
                path.unlink(missing_ok=True)


class Place:
    """A folder that all nodes see, with a source, a model and outputs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gates = Gates(folder)
        self._jobs: list[subprocess.Popen[str]] = []
        self.source = folder / "source"
        for shard in range(SHARDS):
            texts = [f"caption {'x' * (i % 5)} {i} of shard {shard}" for i in range(PAIRS)]
            broken = {7} if shard == 3 else set[int]()
            write_shard(self.source / f"{shard:05d}.tar", texts, first=shard * 100, broken=broken)
        shutil.copy(Path(__file__).parent / "ray_models.py", folder / "ray_models.py")

    def command(self, output: str, *more: str, source: str = "") -> list[str]:
        """The run into `output`, a name in this folder."""
        job = ["assess", source or str(self.source), "-o", str(self.folder / output), "--backend", "ray_models:Judge"]
        return [sys.executable, "-m", "burnish", *job, "--set", "backend_options.delay_s=0.002", *more]

    def on_ray(self, cluster: Cluster, output: str, *more: str, source: str = "") -> list[str]:
        """The run on the nodes of `cluster`, led from its head."""
        where = ["--engine", "ray", "--set", f"engine_options.address={cluster.address}"]
        return cluster.head.inside(self.command(output, *where, *more, source=source), self.folder)

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """Start a run; its messages can be read from stderr. What a failed test has left running is ended first."""
        for job in self._jobs:
            if job.poll() is None:
                os.killpg(job.pid, signal.SIGKILL)
                job.communicate()
        env = {**os.environ, **ray_cluster.ENVIRONMENT, "HOME": str(self.folder)}
        pipe = subprocess.PIPE
        job = subprocess.Popen(
            command, cwd=self.folder, env=env, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )
        self._jobs = [job]
        return job

    def run(self, command: list[str]) -> tuple[int, str]:
        """Run to the end: exit code and messages."""
        job = self.start(command)
        _, said = job.communicate(timeout=280)
        return job.returncode, said

    def bytes_of(self, output: str) -> dict[str, str]:
        """SHA-256 of every file that lasts."""
        root = self.folder / output
        files = (path for path in sorted(root.rglob("*")) if path.is_file() and path.name not in _NOT_OUTPUT)
        return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def committed(self, output: str) -> int:
        """Shards of an output that are done."""
        return len(list((self.folder / output).glob(".burnish/journal/*.json")))

    def verified(self, output: str) -> bool:
        """Whether `burnish verify` finds nothing."""
        return self.run([sys.executable, "-m", "burnish", "verify", str(self.folder / output)])[0] == 0


def driver(job: subprocess.Popen[str]) -> int:
    """The process id of the run that `job` is, or that it entered a node for."""
    children = Path(f"/proc/{job.pid}/task/{job.pid}/children").read_text(encoding="ascii").split()
    return int(children[0]) if job.args[0] == "nsenter" else job.pid  # type: ignore[index]


@pytest.fixture(scope="session")
def ray_nodes() -> Iterator[Cluster]:
    """A cluster for all tests: a head and a node with room for one worker each."""
    pytest.importorskip("ray", reason="needs the extra [ray]")
    if not ray_cluster.possible():
        pytest.skip(ray_cluster.NEEDS_ROOT)
    with Cluster() as made:
        made.add()
        yield made


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder that its nodes share."""
    return Place(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def reference(place: Place) -> dict[str, str]:
    """The output of one quiet local worker, by SHA-256."""
    code, said = place.run(place.command("reference", "--workers", "1"))
    assert code == 0, said
    return place.bytes_of("reference")


def until(true: Callable[[], bool], job: subprocess.Popen[str] | None = None, limit_s: float = 120.0) -> None:
    """Wait for something that is bound to come, unless `job` ends before."""
    deadline = time.monotonic() + limit_s
    while not true():
        if job is not None and job.poll() is not None:
            assert job.stderr is not None
            raise AssertionError(f"it ended too early: {job.returncode}\n{job.stderr.read()}")
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
