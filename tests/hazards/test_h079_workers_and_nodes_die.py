"""Hazard 79: worker, node or driver dies, a task runs twice. The commit is idempotent; who comes second discards.

What needs no cluster is in tests/storage/test_fence.py, deaths of workers and drivers in tests/engines/test_ray.py.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from burnish.storage.run import Run
from burnish.storage.verify import verify
from tests.ray_cluster import Cluster
from tests.ray_runs import Place, until
from tests.storage.job import PLAN, shards, tree, write_shard


def test_a_task_that_ran_twice_commits_once(tmp_path: Path) -> None:
    shard = shards(1)[0]
    with Run.open(str(tmp_path), PLAN) as run:
        with run.fenced().commit(shard) as late:
            with run.fenced().commit(shard) as early:
                first = write_shard(early, shard)
            before = tree(tmp_path)
            assert write_shard(late, shard, edition=1) == first
        assert tree(tmp_path) == before
        run.seal({"README.md": b"# A data set\n"}, shards=[shard.name])
    assert verify(str(tmp_path)) == []


@pytest.mark.slow
def test_a_node_that_loses_power_costs_nothing(ray_nodes: Cluster, place: Place, reference: dict[str, str]) -> None:
    extra = ray_nodes.add()
    host = f"node{ray_nodes.nodes.index(extra)}"
    place.gates.set("hold", [host])
    try:
        job = place.start(place.on_ray(ray_nodes, "power", "--workers", "3", "--set", "engine_options.task_s=0.1"))
        until(lambda: host in place.gates.held(), job)
    finally:
        extra.kill()
        place.gates.clear()
    _, said = job.communicate(timeout=200)
    assert job.returncode == 0, said
    assert place.bytes_of("power") == reference


@pytest.mark.slow
def test_a_node_that_was_cut_off_comes_back_too_late(
    ray_nodes: Cluster, place: Place, reference: dict[str, str]
) -> None:
    """Its worker still sees the shared disk, finishes its shard when the run is over, and must leave all as it is."""
    extra = ray_nodes.add(env={"RAY_gcs_rpc_server_reconnect_timeout_s": "600"})  # it gives itself up after 60 s else
    host = f"node{ray_nodes.nodes.index(extra)}"
    place.gates.set("hold", [host])
    try:
        job = place.start(place.on_ray(ray_nodes, "cut", "--workers", "3", "--set", "engine_options.task_s=0.1"))
        until(lambda: host in place.gates.held(), job)
        worker = extra.workers()[0]
        extra.cut()
        _, said = job.communicate(timeout=200)
        assert job.returncode == 0, said
        assert place.bytes_of("cut") == reference
        assert Path(f"/proc/{worker}").exists(), "it was to be alive still"
        place.gates.open([host])
        until(lambda: not at_work(worker))
    finally:
        place.gates.clear()
        extra.kill()
    assert place.bytes_of("cut") == reference
    assert place.verified("cut")


def at_work(worker: int) -> bool:
    """Whether a process uses a tenth of a core or more for three seconds."""
    before = ticks(worker)
    time.sleep(3)
    return ticks(worker) - before > 30


def ticks(worker: int) -> int:
    """CPU time of a living process, in hundredths of a second."""
    fields = Path(f"/proc/{worker}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
