"""The data path without a model, whole processes: burnish beside other tools and beside the physical limit.

    python -m benchmarks.data_path --work DIR --clipart DIR [--rounds 3] [--parts peers,juicer,cost,workers]

Read, decode to 224 px, check, hash, look at the text, write, and for burnish also journal, fsync and digest. Tools run
one after the other in each round, so that what else the machine does hits all alike. Results go to
docs/figures/data_path.json, part by part; docs/figures/data_path.md is made from it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import corpus, limits, measure, peer_inputs
from benchmarks.report import data_path_page

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
PEERS = ("daft", "datatrove", "datasets", "webdataset")
SMALL, LARGE = corpus.BASE, 4 * corpus.BASE
COST_PAIRS = (2_000, 10_000, 1_000_000)
WORKERS = 2

Runs = dict[str, list[dict[str, float]]]


def burnish(source: Path, out: Path, workers: int = WORKERS) -> measure.Run:
    """`burnish enhance` without a model, as a user starts it."""
    clear(out)
    command = [sys.executable, "-m", "burnish", "enhance", str(source), "-o", str(out)]
    command += ["--set", "recipe=none", "--workers", str(workers)]
    return measure.run(command, log=out.with_suffix(".log"), timeout_s=7_200)


def peer(name: str, work: Path, folder: Path) -> measure.Run:
    """Another tool doing the same to the same corpus."""
    python = peer_inputs.environment(work, name)
    source = peer_inputs.source(folder, name)
    out = work / "out" / name
    clear(out)
    script = str(Path(__file__).with_name("peers.py"))
    return measure.run([str(python), script, name, str(source), str(out)], log=out.with_suffix(".log"))


def clear(out: Path) -> None:
    """Remove an output, its log and what lies beside it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    for path in out.parent.glob(f"{out.name}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def interleaved(jobs: Mapping[str, Callable[[], measure.Run]], rounds: int) -> Runs:
    """Every job once a round; prints each run as it ends."""
    runs: Runs = {name: [] for name in jobs}
    for number in range(rounds):
        for name, job in jobs.items():
            done = measure.as_dict(job())
            runs[name].append(done)
            print(f"round {number + 1}  {name:22} {done}", flush=True)
    return runs


def part_peers(work: Path, package: Path, rounds: int) -> Runs:
    """24,000 pairs in every tool, and burnish and the limit at 6,000."""
    small, large = corpus.clipart(work, package, SMALL), corpus.clipart(work, package, LARGE)
    out = work / "out" / "burnish"
    ours = {f"burnish {LARGE}": partial(burnish, large, out), f"burnish {SMALL}": partial(burnish, small, out)}
    theirs = {f"{name} {LARGE}": partial(peer, name, work, large) for name in PEERS}
    return interleaved(ours | theirs, rounds)


def part_juicer(work: Path, package: Path, rounds: int) -> Runs:
    """6,000 pairs in Data-Juicer and burnish."""
    small = corpus.clipart(work, package, SMALL)
    return interleaved(
        {
            f"data_juicer {SMALL}": partial(peer, "data_juicer", work, small),
            f"burnish {SMALL}": partial(burnish, small, work / "out" / "burnish"),
        },
        rounds,
    )


def part_cost(work: Path, _package: Path, rounds: int) -> Runs:
    """The cost of a pair over ever more of them, where little else costs: images of 32 px, 1,000 pairs a shard."""
    folders = {pairs: corpus.linked(work, pairs) for pairs in COST_PAIRS}
    out = work / "out" / "burnish"
    runs = interleaved({f"burnish {n}": partial(burnish, folder, out) for n, folder in folders.items()}, rounds)
    clear(out)
    return runs


def part_workers(work: Path, package: Path, rounds: int) -> Runs:
    """One worker and two."""
    large = corpus.clipart(work, package, LARGE)
    out = work / "out" / "burnish"
    return interleaved({f"workers {n}": partial(burnish, large, out, workers=n) for n in (1, 2)}, rounds)


PARTS = {"peers": part_peers, "juicer": part_juicer, "cost": part_cost, "workers": part_workers}


def _machine(work: Path, part: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(measure.machine(("pillow", "simplejpeg", "pyarrow", "numpy")))
    group = {"peers": "frameworks", "juicer": "data_juicer"}.get(part)
    if group is not None:
        found["peers"] = peer_inputs.versions(peer_inputs.environment(work, group), peer_inputs.PACKAGES[group])
    return found


def run_parts(options: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Measure the named parts; parts measured before stay."""
    path = FIGURES / "data_path.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in names:
        entry: dict[str, Any] = {"machine": _machine(options.work, name), "rounds": options.rounds}
        entry["runs"] = PARTS[name](options.work, options.clipart, options.rounds)
        if name == "peers":
            entry["limit"] = limits.measured(options.work, corpus.clipart(options.work, options.clipart, SMALL))
        results[name] = entry
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return results


def main() -> None:
    """Measure, write the figures, print the page."""
    parser = corpus.arguments(str(__doc__))
    parser.add_argument("--rounds", type=int, default=3, help="runs of each tool, taken in turns")
    parser.add_argument("--parts", default=",".join(PARTS), help="what to measure: %(default)s; empty: only the page")
    options = parser.parse_args()
    FIGURES.mkdir(parents=True, exist_ok=True)
    page = data_path_page(run_parts(options, [name for name in options.parts.split(",") if name]))
    (FIGURES / "data_path.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
