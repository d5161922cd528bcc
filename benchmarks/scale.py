"""Unit costs of a run, and what they say of a billion pairs; first the model is held against real runs.

    python -m benchmarks.scale --work DIR --clipart DIR [--parts units,commit,listing,check]

Costs of a pair come from two runs with one worker, a small and a larger one: the difference is the pairs, the rest is
start-up. `check` then runs more pairs with 1, 2 and 4 workers and compares. Results go to docs/figures/scale.json,
the page docs/figures/scale.md is made from it, with `benchmarks.cluster` for what was not run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks import corpus, measure
from benchmarks.cluster import FIGURES, Cluster, job_of, simulate
from benchmarks.data_path import clear
from burnish.storage.ledger import Counts
from burnish.storage.run import Run
from burnish.values import Shard

RECIPES = {"none": "none", "builtin": "aitqe"}
UNITS = {"none": (2_000, 6_000), "builtin": (1_000, 2_000)}
"""Pairs of the small and the larger run."""
CHECKS = {"none": 24_000, "builtin": 4_000}
WORKERS = (1, 2, 4)
COMMITS = 40
SHARDS = (10, 200)
"""Committed shards of the outputs that are opened once more."""


def enhance(source: Path, out: Path, recipe: str, workers: int) -> measure.Run:
    """`burnish enhance` as a user starts it; what is there stays, so a second call only opens a finished output."""
    command = [sys.executable, "-m", "burnish", "enhance", str(source), "-o", str(out), "--recipe", recipe]
    return measure.run([*command, "--workers", str(workers)], log=out.with_suffix(".log"), timeout_s=3_600)


def pairs_of(work: Path, package: Path, job: str, pairs: int) -> Path:
    """Clip art where only the data path counts; else the sample again and again."""
    return corpus.clipart(work, package, pairs) if job == "none" else corpus.repeated(work, pairs)


def part_units(work: Path, package: Path) -> dict[str, dict[str, float]]:
    """Seconds and bytes of a pair, and of a start."""
    found = {}
    for job, (few, many) in UNITS.items():
        runs = []
        for pairs in (few, many):
            out = work / "out" / "scale"
            clear(out)
            runs.append(enhance(pairs_of(work, package, job, pairs), out, RECIPES[job], 1))
            print(job, pairs, measure.as_dict(runs[-1]), flush=True)
        pair_s = (runs[1].wall_s - runs[0].wall_s) / (many - few)
        found[job] = {
            "pair_s": pair_s,
            "pair_cpu_s": (runs[1].cpu_s - runs[0].cpu_s) / (many - few),
            "start_s": max(0.0, runs[0].wall_s - few * pair_s),
            "pair_bytes": 2 * corpus.size(pairs_of(work, package, job, many))[1] / many,
        }
    return found


def part_commit(work: Path, _package: Path) -> dict[str, float]:
    """Wall and CPU time of committing a shard of 20 MB once all is written: close, fsyncs, renames, the journal."""
    place = work / "out" / "commits"
    clear(place)
    data, spent = os.urandom(20_000_000), []
    with Run.open(str(place), {"benchmark": "scale"}) as run:
        for number in range(COMMITS):
            shard = Shard(name=f"{number:05d}.tar", path="", size=len(data))
            with run.commit(shard) as commit:
                commit.create(shard.name).write(data)
                wall, cpu = time.perf_counter(), time.process_time()
                commit.publish(Counts(total=1_000, kept=1_000))
                spent.append((time.perf_counter() - wall, time.process_time() - cpu))
    clear(place)
    return {"n": COMMITS, "wall_s": measure.median(s for s, _ in spent), "cpu_s": measure.median(s for _, s in spent)}


def part_listing(work: Path, _package: Path) -> dict[str, Any]:
    """The same command on a finished output: what a start costs for each committed shard."""
    runs = {}
    for shards in SHARDS:
        source, out = corpus.linked(work, shards * corpus.PER_SHARD), work / "out" / "scale"
        clear(out)
        enhance(source, out, "none", 2)
        again = enhance(source, out, "none", 2)
        runs[str(shards)] = again.wall_s
        clear(out)
    few, many = (runs[str(n)] for n in SHARDS)
    return {"runs": runs, "shard_s": (many - few) / (SHARDS[1] - SHARDS[0])}


def part_check(work: Path, package: Path) -> list[dict[str, Any]]:
    """Real runs beside what the model says of them."""
    rows = []
    for job, pairs in CHECKS.items():
        source = pairs_of(work, package, job, pairs)
        for workers in WORKERS:
            out = work / "out" / "scale"
            clear(out)
            measured = enhance(source, out, RECIPES[job], workers)
            said = predicted(job, pairs, workers)
            rows.append({"job": job, "pairs": pairs, "workers": workers, "wall_s": measured.wall_s, "said_s": said})
            print(rows[-1], flush=True)
        clear(work / "out" / "scale")
    return rows


def predicted(job: str, pairs: int, workers: int) -> float:
    """What the model says of this machine."""
    costs = job_of(job, pairs=pairs, shard_pairs=corpus.PER_SHARD)
    cores = len(os.sched_getaffinity(0))
    return simulate(costs, Cluster(nodes=1, workers=workers, cores=cores)).wall_s


PARTS = {"units": part_units, "commit": part_commit, "listing": part_listing, "check": part_check}


def run_parts(options: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Measure the named parts; parts measured before stay. `check` reads the units from the file."""
    path = FIGURES / "scale.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in names:
        machine = measure.machine(("simplejpeg", "pyarrow", "numpy"))
        results[name] = PARTS[name](options.work, options.clipart)
        results["machine"] = {**results.get("machine", {}), name: machine}
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return results


# --- the page --------------------------------------------------------------------------------------------------

BILLION = 1_000_000_000
PER_SHARD = 10_000
CORES = 16
PLANS = ((10, 500), (100, 500), (100, 50), (1_000, 500))
"""Nodes, and mean hours between two failures of one."""


def page(found: dict[str, Any]) -> str:
    """docs/figures/scale.md."""
    machine = found["machine"]["check"]
    commit, listing = found["commit"], found["listing"]
    shard_s = found["units"]["builtin"]["pair_s"] * corpus.PER_SHARD
    return f"""# Unit costs, and a billion pairs on paper

Made by `python -m benchmarks.scale --work DIR --clipart DIR`; what it means: [docs/scale.md](../scale.md).

## What a pair costs

| job | wall of one worker alone, ms | CPU, ms | start, s | bytes read and written |
|---|---|---|---|---|
{_lines(_unit(name, unit) for name, unit in found["units"].items())}

From one run each of {_runs()} pairs with one worker. Committing a shard of
20 MB takes {commit["wall_s"] * 1e3:.1f} ms ({commit["cpu_s"] * 1e3:.1f} ms of CPU, median of {commit["n"]}):
**{commit["wall_s"] / shard_s:.2%}** of the built-in job's time for 1,000 pairs. Opening an output again takes
{listing["shard_s"] * 1e3:.2f} ms for each committed shard ({_openings(listing["runs"])}).

## The model beside real runs

| job | pairs | workers | measured, s | predicted, s | off by |
|---|---|---|---|---|---|
{_lines(_check(row) for row in found["check"])}

n = 1 each, on {machine["cores"]} cores, so four workers have to share. The runs are not those the costs come from.

## A billion pairs, predicted

Shards of {PER_SHARD:,} pairs, nodes of {CORES} cores with {CORES} workers that are like this machine's cores, storage
that keeps up; a failed node is back after ten minutes. One seed each.

| job | nodes | hours between failures of a node | hours | core hours | failures | work done twice |
|---|---|---|---|---|---|---|
{_lines(_plan(job, nodes, mtbf_h) for job in found["units"] for nodes, mtbf_h in PLANS)}

{_described(machine)}
"""


def _unit(name: str, unit: dict[str, float]) -> str:
    milliseconds = f"{unit['pair_s'] * 1e3:.2f} | {unit['pair_cpu_s'] * 1e3:.2f}"
    return f"| {name} | {milliseconds} | {unit['start_s']:.1f} | {unit['pair_bytes']:,.0f} |"


def _runs() -> str:
    return ", ".join(f"{few:,} and {many:,} ({job})" for job, (few, many) in UNITS.items())


def _openings(runs: dict[str, float]) -> str:
    return ", ".join(f"{shards} shards {took:.2f} s" for shards, took in runs.items())


def _check(row: dict[str, Any]) -> str:
    off = row["said_s"] / row["wall_s"] - 1
    figures = f"{row['wall_s']:.1f} | {row['said_s']:.1f} | {off:+.0%}"
    return f"| {row['job']} | {row['pairs']:,} | {row['workers']} | {figures} |"


def _plan(name: str, nodes: int, mtbf_h: float) -> str:
    job = job_of(name, pairs=BILLION, shard_pairs=PER_SHARD)
    out = simulate(job, Cluster(nodes=nodes, workers=CORES, cores=CORES, mtbf_s=mtbf_h * 3600))
    figures = f"{out.wall_s / 3_600:.1f} | {out.core_h:,.0f} | {out.failures} | {out.lost_share:.3%}"
    return f"| {name} | {nodes:,} | {mtbf_h} | {figures} |"


def _lines(rows: Iterable[str]) -> str:
    return "\n".join(rows)


def _described(machine: dict[str, Any]) -> str:
    return "Measured on: " + ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in machine.items()) + "."


def main() -> None:
    """Measure, write the figures, print the page."""
    parser = corpus.arguments(str(__doc__))
    parser.add_argument("--parts", default=",".join(PARTS), help="what to measure: %(default)s; empty: only the page")
    options = parser.parse_args()
    found = run_parts(options, [name for name in options.parts.split(",") if name])
    if not set(PARTS) <= set(found):
        return
    text = page(found)
    (FIGURES / "scale.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
