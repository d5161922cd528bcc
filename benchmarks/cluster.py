"""A model of a run on many nodes: how long it takes, what it costs in cores, what failures take away.

    python -m benchmarks.cluster --pairs 1e9 --nodes 100 --workers 16 --cores 16 --mtbf-h 500

Plain discrete events: workers take shard after shard, a node that fails loses what its workers have in flight (shards
commit as a whole, so nothing else) and comes back after a while, the driver hands out one shard at a time. Cores,
storage and model servers are shared as in a fluid: where more is wanted than there is, everybody slows down alike.
Unit costs are measured by `benchmarks.scale`, which also holds this model against real runs.

Left out: data that is far from its node, stragglers that stay slow, servers that fail, a driver that dies (its run goes
on with the same command; nothing committed is lost).
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
from collections import deque
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be done, by what it costs one worker alone on a node.

    `pair_s`: wall time of a pair. `pair_cpu_s`: CPU time of all its processes. `shard_s`: wall time of a shard beside
    its pairs: opening, syncing, committing. `start_s`: until a worker takes its first shard. `pair_bytes`: read and
    written. `pair_calls`: questions to a model server; their latency hides behind each other and is not in `pair_s`.
    """

    pairs: int
    shard_pairs: int
    pair_s: float
    pair_cpu_s: float
    shard_s: float = 0.0
    start_s: float = 0.0
    pair_bytes: float = 0.0
    pair_calls: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Where it is done. `workers`, `cores`: of a node. `storage_bytes_s`, `server_calls_s`: of all nodes together.

    `mtbf_s`: mean time between two failures of one node. `repair_s`: until it is back. `dispatch_s`: the driver's
    own time for a shard. `open_s`: before the first worker starts, for a listing and a claim.
    """

    nodes: int
    workers: int
    cores: float
    storage_bytes_s: float = math.inf
    server_calls_s: float = math.inf
    mtbf_s: float = math.inf
    repair_s: float = 600.0
    dispatch_s: float = 0.0
    open_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out: `wall_s` of the run, `core_h` used, `failures` of nodes, `lost_share` of the work done twice.

    `slowed_by`: what is short, with the factor by which every pair takes longer.
    """

    wall_s: float
    core_h: float
    failures: int
    lost_share: float
    slowed_by: dict[str, float]


def slowdown(job: Job, cluster: Cluster) -> dict[str, float]:
    """How much of each shared thing all workers want, against what there is; only what is short (over 1)."""
    rate = cluster.nodes * cluster.workers / job.pair_s
    wanted = {
        "cores": cluster.workers * job.pair_cpu_s / job.pair_s / cluster.cores,
        "storage": rate * job.pair_bytes / cluster.storage_bytes_s,
        "servers": rate * job.pair_calls / cluster.server_calls_s,
    }
    return {name: round(share, 4) for name, share in wanted.items() if share > 1}


def simulate(job: Job, cluster: Cluster, *, seed: int = 0) -> Outcome:
    """Run `job` on `cluster`. The same seed gives the same failures."""
    short = slowdown(job, cluster)
    run = _Run(job, cluster, random.Random(seed), stretch=max(short.values(), default=1.0))
    wall_s = run.to_the_end()
    worked_s = job.pairs * job.pair_s * run.stretch
    return Outcome(
        wall_s=wall_s,
        core_h=(job.pairs * job.pair_cpu_s * (1 + run.lost_s / worked_s)) / 3600,
        failures=run.failures,
        lost_share=run.lost_s / worked_s,
        slowed_by=short,
    )


@dataclass(slots=True)
class _Run:
    """The state of one simulation. A worker is (node, place); `generation` of a node tells old events from new."""

    job: Job
    cluster: Cluster
    chance: random.Random
    stretch: float
    failures: int = 0
    lost_s: float = 0.0
    _events: list[tuple[float, int, int, int]] = field(default_factory=list)
    _begun: dict[tuple[int, int], tuple[float, int]] = field(default_factory=dict)
    _todo: deque[int] = field(default_factory=deque)
    _generation: list[int] = field(default_factory=list)
    _idle: set[tuple[int, int]] = field(default_factory=set)
    _driver_free_s: float = 0.0
    _left: int = 0

    _FAILURE = -1
    _RETURN = -2

    def to_the_end(self) -> float:
        """Every shard once committed; the moment of the last."""
        whole, rest = divmod(self.job.pairs, self.job.shard_pairs)
        self._todo.extend([self.job.shard_pairs] * whole + ([rest] if rest else []))
        self._left = len(self._todo)
        self._generation = [0] * self.cluster.nodes
        for node in range(self.cluster.nodes):
            self._arrives(node, self.cluster.open_s)
        now = self.cluster.open_s
        while self._left:
            now, node, place, generation = heapq.heappop(self._events)
            if generation == self._generation[node]:
                self._happens(now, node, place)
        return now

    def _happens(self, now: float, node: int, place: int) -> None:
        if place == self._FAILURE:
            self._fails(now, node)
        elif place == self._RETURN:
            self._arrives(node, now)
        else:
            if (node, place) in self._begun:
                del self._begun[node, place]
                self._left -= 1
            self._takes(now, node, place)

    def _arrives(self, node: int, now: float) -> None:
        for place in range(self.cluster.workers):
            self._at(now + self.job.start_s, node, place)
        if math.isfinite(self.cluster.mtbf_s):
            self._at(now + self.chance.expovariate(1 / self.cluster.mtbf_s), node, self._FAILURE)

    def _takes(self, now: float, node: int, place: int) -> None:
        if not self._todo:
            self._idle.add((node, place))
            return
        pairs = self._todo.popleft()
        self._driver_free_s = max(self._driver_free_s, now) + self.cluster.dispatch_s
        self._begun[node, place] = (self._driver_free_s, pairs)
        took_s = pairs * self.job.pair_s * self.stretch + self.job.shard_s
        self._at(self._driver_free_s + took_s, node, place)

    def _fails(self, now: float, node: int) -> None:
        self.failures += 1
        self._generation[node] += 1
        for worker in [w for w in self._begun if w[0] == node]:
            begun_s, pairs = self._begun.pop(worker)
            self.lost_s += max(0.0, now - begun_s)
            self._todo.append(pairs)
        self._idle = {worker for worker in self._idle if worker[0] != node}
        while self._idle and self._todo:
            self._takes(now, *self._idle.pop())
        self._at(now + self.cluster.repair_s, node, self._RETURN)

    def _at(self, when: float, node: int, place: int) -> None:
        heapq.heappush(self._events, (when, node, place, self._generation[node]))


def job_of(name: str, *, pairs: int, shard_pairs: int) -> Job:
    """A job with the unit costs of docs/figures/scale.json."""
    units = json.loads((FIGURES / "scale.json").read_text(encoding="utf-8"))["units"][name]
    return replace(Job(pairs=0, shard_pairs=1, **units), pairs=pairs, shard_pairs=shard_pairs)


def main() -> None:
    """Print what a run would take."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--job", default="builtin", help="whose unit costs: none, builtin or server")
    parser.add_argument("--pairs", type=float, default=1e9)
    parser.add_argument("--shard-pairs", type=int, default=10_000, help="img2dataset's default")
    parser.add_argument("--nodes", type=int, default=100)
    parser.add_argument("--workers", type=int, default=16, help="of a node")
    parser.add_argument("--cores", type=float, default=16, help="of a node")
    parser.add_argument("--storage-gb-s", type=float, default=math.inf, help="of all nodes together")
    parser.add_argument("--server-calls-s", type=float, default=math.inf, help="of all model servers together")
    parser.add_argument("--mtbf-h", type=float, default=math.inf, help="mean time between failures of a node")
    parser.add_argument("--repair-s", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    job = job_of(given.job, pairs=int(given.pairs), shard_pairs=given.shard_pairs)
    cluster = Cluster(
        nodes=given.nodes,
        workers=given.workers,
        cores=given.cores,
        storage_bytes_s=given.storage_gb_s * 1e9,
        server_calls_s=given.server_calls_s,
        mtbf_s=given.mtbf_h * 3600,
        repair_s=given.repair_s,
    )
    print(json.dumps(asdict(simulate(job, cluster, seed=given.seed)), indent=1))


if __name__ == "__main__":
    main()
