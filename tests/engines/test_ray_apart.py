"""The Ray engine as users start it, on nodes that are apart: as a job, from outside, interrupted, killed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests import ray_cluster
from tests.ray_cluster import Cluster
from tests.ray_runs import SHARDS, Place, driver, until

pytestmark = pytest.mark.slow

WORKER_KILLS = 4


@pytest.mark.parametrize("workers", ["1", "2"])
def test_f14_output_is_the_same_on_ray(
    ray_nodes: Cluster, place: Place, reference: dict[str, str], workers: str
) -> None:
    code, said = place.run(place.on_ray(ray_nodes, f"quiet{workers}", "--workers", workers))
    assert code == 0, said
    assert place.bytes_of(f"quiet{workers}") == reference
    assert place.verified(f"quiet{workers}")


def test_f14_output_is_the_same_on_a_cluster_of_its_own(place: Place, reference: dict[str, str]) -> None:
    pytest.importorskip("ray", reason="needs the extra [ray]")
    code, said = place.run(place.command("own", "--engine", "ray", "--workers", "2", "--quiet"))
    assert code == 0, said
    assert place.bytes_of("own") == reference
    assert not said, "Ray is to be quiet"


def test_a_client_outside_the_cluster_gets_the_same(
    ray_nodes: Cluster, place: Place, reference: dict[str, str]
) -> None:
    address = f"engine_options.address=ray://{ray_nodes.head.address}:10001"
    code, said = place.run(place.command("client", "--engine", "ray", "--set", address))
    assert code == 0, said
    assert place.bytes_of("client") == reference


@pytest.mark.skipif(not ray_cluster.possible(), reason=ray_cluster.NEEDS_ROOT)
def test_a_submitted_job_finds_its_cluster(place: Place, reference: dict[str, str]) -> None:
    pytest.importorskip("ray", reason="needs the extra [ray]")
    submit = [str(Path(sys.executable).with_name("ray")), "job", "submit", "--address=http://127.0.0.1:8265", "--"]
    there = ["sh", "-c", f'cd {place.folder} && exec "$@"', "sh"]
    job = place.command("submitted", "--engine", "ray")
    with Cluster(jobs=True) as cluster:
        code, said = place.run(cluster.head.inside([*submit, *there, *job], place.folder))
    assert code == 0, said
    assert place.bytes_of("submitted") == reference


def test_workers_killed_at_random_are_replaced_and_their_shards_done_again(
    ray_nodes: Cluster, place: Place, reference: dict[str, str]
) -> None:
    chance = random.Random(3)
    kills, code, said = 0, 75, ""
    while kills < WORKER_KILLS or code == 75:  # 75: one shard was hit twice, and is not tried a third time
        if code == 0:
            shutil.rmtree(place.folder / "killed")
        job = place.start(place.on_ray(ray_nodes, "killed", "--set", "backend_options.delay_s=0.03"))
        while job.poll() is None:
            time.sleep(chance.uniform(0.1, 0.5))
            workers = [pid for node in ray_nodes.nodes[:2] for pid in node.workers()]
            if workers and place.committed("killed") and kills < WORKER_KILLS:
                with suppress(ProcessLookupError):  # its run is just over
                    os.kill(chance.choice(workers), signal.SIGKILL)
                    kills += 1
        _, said = job.communicate()
        code = job.returncode
        assert code in {0, 75}, said
    assert place.verified("killed")
    assert data(place, "killed") == {name: digest for name, digest in reference.items() if name.endswith(".tar")}


def data(place: Place, output: str) -> dict[str, str]:
    """The shards; the plan beside them names another delay."""
    return {name: digest for name, digest in place.bytes_of(output).items() if name.endswith(".tar")}


@pytest.fixture
def half_way(place: Place) -> Iterator[list[str]]:
    """Options of a run that stays at its fifth shard until the gates are opened."""
    place.gates.set("hold", range(4, SHARDS))
    yield ["--workers", "1", "--set", "engine_options.task_s=0.1"]
    place.gates.clear()


def test_a_driver_that_is_killed_leaves_work_that_goes_on(
    ray_nodes: Cluster, place: Place, reference: dict[str, str], half_way: list[str]
) -> None:
    job = place.start(place.on_ray(ray_nodes, "driver", *half_way))
    until(lambda: "4" in place.gates.held(), job)
    os.kill(driver(job), signal.SIGKILL)
    job.communicate()
    assert place.committed("driver") == 4
    place.gates.clear()
    code, said = place.run(place.on_ray(ray_nodes, "driver"))
    assert code == 0, said
    assert place.bytes_of("driver") == reference


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_after_its_shards_and_goes_on(
    ray_nodes: Cluster, place: Place, reference: dict[str, str], half_way: list[str], how: signal.Signals
) -> None:
    output = f"stopped{how}"
    job = place.start(place.on_ray(ray_nodes, output, *half_way))
    until(lambda: "4" in place.gates.held(), job)
    os.kill(driver(job), how)
    assert job.stderr is not None
    assert any("shards in flight" in line for line in job.stderr)
    place.gates.open([4])
    _, said = job.communicate(timeout=100)
    assert job.returncode == 130, said
    assert place.committed(output) in {4, 5}  # a very busy machine may need more than the 10 s it has
    until(lambda: not any(node.workers() for node in ray_nodes.nodes[:2]))
    place.gates.clear()
    code, said = place.run(place.on_ray(ray_nodes, output))
    assert code == 0, said
    assert place.bytes_of(output) == reference
