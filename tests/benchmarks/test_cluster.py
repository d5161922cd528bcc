"""The model of a cluster, where its answer can be worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.cluster import Cluster, Job, simulate, slowdown

JOB = Job(pairs=8_000, shard_pairs=1_000, pair_s=0.01, pair_cpu_s=0.01, shard_s=0.5, start_s=3.0)


def test_one_worker_takes_one_shard_after_the_other():
    out = simulate(JOB, Cluster(nodes=1, workers=1, cores=1))
    assert out.wall_s == pytest.approx(3 + 8 * (10 + 0.5))
    assert (out.failures, out.lost_share, out.slowed_by) == (0, 0, {})
    assert out.core_h == pytest.approx(80 / 3600)


def test_eight_shards_on_three_workers_take_three_turns():
    assert simulate(JOB, Cluster(nodes=3, workers=1, cores=1)).wall_s == pytest.approx(3 + 3 * 10.5)


def test_workers_share_the_cores_of_a_node():
    out = simulate(JOB, Cluster(nodes=1, workers=4, cores=2))
    assert out.slowed_by == {"cores": 2.0}
    assert out.wall_s == pytest.approx(3 + 2 * (20 + 0.5))


def test_what_is_shorter_decides():
    job = Job(pairs=8_000, shard_pairs=1_000, pair_s=0.01, pair_cpu_s=0.01, pair_bytes=1_000_000, pair_calls=5)
    cluster = Cluster(nodes=4, workers=1, cores=1, storage_bytes_s=100e6, server_calls_s=1_000)
    assert slowdown(job, cluster) == {"storage": 4.0, "servers": 2.0}
    assert simulate(job, cluster).wall_s == pytest.approx(2 * 10 * 4)


def test_the_driver_hands_out_one_at_a_time():
    out = simulate(JOB, Cluster(nodes=8, workers=1, cores=1, dispatch_s=2.0))
    assert out.wall_s == pytest.approx(3 + 8 * 2 + 10.5)


def test_failures_cost_what_was_in_flight_and_are_the_same_for_a_seed():
    often = Cluster(nodes=4, workers=2, cores=2, mtbf_s=40.0, repair_s=5.0)
    quiet = simulate(JOB, Cluster(nodes=4, workers=2, cores=2))
    outs = [simulate(JOB, often, seed=seed) for seed in range(50)]
    assert outs[7] == simulate(JOB, often, seed=7)
    assert any(out.failures for out in outs)
    assert all(out.wall_s >= quiet.wall_s for out in outs)
    assert all((out.lost_share > 0) <= (out.failures > 0) for out in outs)


@given(
    pairs=st.integers(1, 50_000),
    shard_pairs=st.integers(1, 5_000),
    nodes=st.integers(1, 5),
    workers=st.integers(1, 4),
    mtbf_s=st.sampled_from([math.inf, 500.0]),
)
def test_never_faster_than_all_workers_together(pairs, shard_pairs, nodes, workers, mtbf_s):
    job = Job(pairs=pairs, shard_pairs=shard_pairs, pair_s=0.001, pair_cpu_s=0.001, start_s=1.0)
    out = simulate(job, Cluster(nodes=nodes, workers=workers, cores=workers, mtbf_s=mtbf_s))
    assert out.wall_s >= 1 + pairs * 0.001 / (nodes * workers) - 1e-9
    assert out.core_h * 3600 >= pairs * 0.001 - 1e-9
