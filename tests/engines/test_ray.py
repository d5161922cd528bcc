"""The Ray engine on a cluster of several nodes in one process tree: the same bytes as locally, whoever dies."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from burnish import engines
from burnish import plan as plans
from burnish.engines import running
from burnish.errors import Interrupted, StopError, UsageError
from burnish.fakeserver import FakeServer
from burnish.fakeserver import Settings as FakeSettings
from burnish.runs import plan_of
from burnish.storage.verify import verify
from burnish.summary import Summary
from tests import ray_cluster
from tests.engines.test_local import bytes_of
from tests.ray_runs import Gates, until
from tests.shards import write_shard

_PORTS = ("metrics_agent_port", "dashboard_agent_listen_port", "metrics_export_port", "runtime_env_agent_port")
SHARDS = 10
ON_RAY = {"engine": "ray", "engine_options": {"task_s": 0.2}}


def node(cpus: int) -> dict[str, object]:
    """A node, its ports given: else it waits for its agents to tell theirs, which a busy machine makes late."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in _PORTS]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        ports = {name: each.getsockname()[1] for name, each in zip(_PORTS, sockets, strict=True)}
    return {"num_cpus": cpus, "object_store_memory": 80 * 2**20, "include_log_monitor": False, **ports}


@pytest.fixture(scope="module")
def folder_of_gates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gates")


@pytest.fixture
def gates(folder_of_gates: Path) -> Iterator[Gates]:
    found = Gates(folder_of_gates)
    yield found
    found.clear()


@pytest.fixture(scope="module")
def nodes(folder_of_gates: Path) -> Iterator[Any]:
    """A head with room for two workers, to which nodes can be added; this process is connected."""
    ray = pytest.importorskip("ray", reason="needs the extra [ray]")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ray_cluster.ENVIRONMENT, "TEST_GATES": str(folder_of_gates)}.items():
            patch.setenv(name, value)
        from ray.cluster_utils import Cluster

        head = {**node(cpus=2), "include_dashboard": False, "no_monitor": True}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        yield cluster
        ray.shutdown()
        cluster.shutdown()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """To finish two shards a busy machine may need longer than a user who pressed Ctrl-C is let wait."""
    monkeypatch.setattr(running, "DRAIN_S", 60.0)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("source")
    for shard in range(SHARDS):
        texts = [f"caption {'x' * (i % 5)} {i} of shard {shard}" for i in range(10)]
        write_shard(root / f"{shard:05d}.tar", texts, first=shard * 100, broken={7} if shard == 3 else set())
    return root


MODEL = {"backend": "tests.ray_models:Judge", "recipe": "assess_only"}


def run(source: Path, output: Path, **settings: object) -> Summary:
    return engines.run(plans.build({"source": str(source), "output": str(output), **MODEL, **settings}))


def on_ray(source: Path, output: Path, **settings: object) -> Summary:
    return run(source, output, **{**ON_RAY, **settings})


def lasting(output: Path) -> dict[str, str]:
    return {name: digest for name, digest in bytes_of(output).items() if name != ".burnish/committing"}


def data(files: dict[str, str]) -> dict[str, str]:
    """The shards alone."""
    return {name: digest for name, digest in files.items() if name.endswith(".tar")}


@pytest.fixture(scope="module")
def reference(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    output = tmp_path_factory.mktemp("reference") / "out"
    run(source, output, workers=1)
    return lasting(output)


def workers_of(node: Any) -> set[int]:
    """Process ids of the actors on a node."""
    raylet = node.all_processes["raylet"][0].process.pid
    found = set()
    for child in Path(f"/proc/{raylet}/task/{raylet}/children").read_text(encoding="ascii").split():
        with suppress(FileNotFoundError):
            if Path(f"/proc/{child}/cmdline").read_bytes().startswith(b"ray::Stub"):
                found.add(int(child))
    return found


def committed(output: Path) -> int:
    return len(list(output.glob(".burnish/journal/*.json")))


@contextmanager
def beside(act: Callable[[], None]) -> Iterator[None]:
    """Do something while the block runs; what it raises is raised when the block has ended well."""
    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act)
        yield
        acting.result()


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_f14_output_is_the_same_as_locally(
    nodes: Any, source: Path, reference: dict[str, str], tmp_path: Path, workers: int
) -> None:
    seen: list[int] = []
    plan = plans.build(
        {"source": str(source), "output": str(tmp_path / "out"), **MODEL, "engine": "ray", "workers": workers}
    )
    summary = engines.run(plan, on_progress=lambda counts: seen.append(counts.total))
    assert (summary.counts.total, summary.counts.quarantined) == (10 * SHARDS, 1)
    assert seen[-1] == 10 * SHARDS
    assert lasting(tmp_path / "out") == reference
    assert verify(str(tmp_path / "out")) == []


@pytest.mark.slow
def test_killed_workers_are_replaced_and_their_shards_done_again(
    nodes: Any, source: Path, reference: dict[str, str], gates: Gates, tmp_path: Path
) -> None:
    gates.set("kill", [1, 6])
    on_ray(source, tmp_path / "out")
    assert gates.left("kill") == []
    assert lasting(tmp_path / "out") == reference


@pytest.mark.slow
def test_a_node_that_dies_costs_nothing(
    nodes: Any, source: Path, reference: dict[str, str], gates: Gates, tmp_path: Path
) -> None:
    extra = nodes.add_node(**node(cpus=1))
    gates.set("hold", range(SHARDS))

    def die() -> None:
        until(lambda: bool(workers_of(extra) & set(gates.held().values())))
        nodes.remove_node(extra, allow_graceful=False)
        gates.open(range(SHARDS))

    with beside(die):
        on_ray(source, tmp_path / "out", workers=3)
    assert lasting(tmp_path / "out") == reference


@pytest.mark.slow
def test_a_run_begins_though_a_node_that_counted_has_just_died(
    nodes: Any, source: Path, reference: dict[str, str], tmp_path: Path
) -> None:
    """The cluster takes seconds to notice; until then there seems to be room for three."""
    extra = nodes.add_node(**node(cpus=1))
    nodes.remove_node(extra, allow_graceful=False)
    on_ray(source, tmp_path / "out", engine_options={"wait_s": 100}, workers=3)
    assert lasting(tmp_path / "out") == reference


@pytest.mark.slow
def test_an_interrupted_run_ends_after_its_shards_and_goes_on(
    nodes: Any, source: Path, reference: dict[str, str], gates: Gates, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gates.set("hold", range(4, SHARDS))

    def interrupt() -> None:
        until(lambda: len(gates.held()) == 2)
        os.kill(os.getpid(), signal.SIGTERM)
        until(lambda: "shards in flight" in caplog.text)
        gates.open(gates.held())

    with beside(interrupt), pytest.raises(Interrupted):
        on_ray(source, tmp_path / "out")
    assert committed(tmp_path / "out") == 6  # four before the gates, two that were in flight
    gates.clear()
    run(source, tmp_path / "out", workers=1)  # begun there, finished here
    assert lasting(tmp_path / "out") == reference


@pytest.mark.slow
def test_a_limit_and_then_the_rest(nodes: Any, source: Path, reference: dict[str, str], tmp_path: Path) -> None:
    assert on_ray(source, tmp_path / "out", limit=25).counts.total == 25
    run(source, tmp_path / "out", workers=1)
    assert lasting(tmp_path / "out") == reference


@pytest.mark.slow
def test_a_retry_repairs_what_failed_as_it_does_locally(
    nodes: Any, source: Path, reference: dict[str, str], gates: Gates, tmp_path: Path
) -> None:
    gates.set("fail", [2, 5])
    failed = on_ray(source, tmp_path / "there")
    assert failed.counts.passed > 0
    shutil.copytree(tmp_path / "there", tmp_path / "here")
    gates.clear()
    summaries = [
        engines.run(plan_of(str(tmp_path / name), how), retry=True)
        for name, how in (("here", {"workers": 1}), ("there", ON_RAY))
    ]
    assert summaries[0].counts == summaries[1].counts
    assert lasting(tmp_path / "there") == lasting(tmp_path / "here")
    assert data(lasting(tmp_path / "there")) == data(reference)


@pytest.mark.slow
def test_new_captions_are_the_same_as_locally(nodes: Any, tmp_path: Path) -> None:
    for shard in range(3):
        write_shard(tmp_path / "in" / f"{shard:05d}.tar", ["A red apple.", "", "nice boat"], first=shard * 10)
    with FakeServer(FakeSettings(jitter_ms=2)) as server:
        model = {"recipe": "recaption", "backend": "openai", "backend_options": {"base_url": server.url}}
        formats = {"recaption": {"formats": "ssc,afc"}}
        run(tmp_path / "in", tmp_path / "here", **model, **formats, workers=1)
        on_ray(tmp_path / "in", tmp_path / "there", **model, **formats)
    here, there = (
        # Answers are kept in the order in which the server gave them.
        {name: digest for name, digest in lasting(tmp_path / where).items() if "/answers/" not in name}
        for where in ("here", "there")
    )
    assert there == here
    assert verify(str(tmp_path / "there")) == []


@pytest.mark.slow
def test_a_shard_that_kills_two_workers_stops_the_run_and_is_named(nodes: Any, tmp_path: Path) -> None:
    for shard in range(4):
        texts = ["fine", "deadly" if shard == 2 else "fine too"]
        write_shard(tmp_path / "in" / f"{shard:05d}.tar", texts, first=shard * 10)
    with pytest.raises(StopError, match=r"2 workers died at 00002\.tar"):
        on_ray(tmp_path / "in", tmp_path / "out")


@pytest.mark.slow
def test_a_model_that_fails_to_load_is_refused_with_the_node(nodes: Any, source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a worker on node .* cannot take part"):
        on_ray(source, tmp_path / "out", backend="tests.no_such_models:Judge")
    assert not (tmp_path / "out").exists()


def test_ray_is_asked_for_by_its_extra() -> None:
    code = (
        "import sys; sys.modules['ray'] = None\n"
        "from burnish import engines, plan\n"
        "engines.run(plan.build({'source': sys.argv[1], 'output': '/nowhere/out', 'engine': 'ray'}))\n"
    )
    sample = str(Path(engines.__file__).parents[1] / "sample")
    done = subprocess.run([sys.executable, "-c", code, sample], capture_output=True, text=True, check=False)
    assert "pip install 'burnish[ray]'" in done.stderr
