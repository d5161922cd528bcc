"""The Ray engine against the local one, and two workers against one: the same run on the same data.

    python -m benchmarks.ray_engine --work DIR [--part none] [--part builtin] [--part cores] [--part store] ...

Each job (without a model; with the built-in one) is run over two sizes of the bundled sample, ways to run it in turns.
The rate of the pairs that the larger size has more is the marginal rate: start-up cancels out, as far as it takes
the same each time. `cores`: what one
process and two at once get done that share nothing, which no engine can better. `store`: what lies in Ray's object
store while a run is under way. `dispatch`: what handing out 2,000 tasks costs with actors (which the engine uses) and
with Ray Data.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import corpus, measure

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
WAYS: dict[str, tuple[str, ...]] = {
    "two workers": ("--workers", "2"),
    "Ray, two workers": ("--workers", "2", "--engine", "ray"),
    "one worker": ("--workers", "1"),
    "one worker on one core": ("--workers", "1"),
}
JOBS = {"none": ("none", 500), "builtin": ("aitqe", 50)}
"""Recipe and pairs a shard: enough shards that both workers end together."""
TASKS = 2_000
PORT = 26379
RAY_WANTED = 0.85
TWO_WANTED = 1.8


def command(way: str, recipe: str, source: Path, out: Path) -> list[str]:
    first = min(os.sched_getaffinity(0))
    pinned = ["taskset", "-c", str(first)] if way.endswith("one core") else []
    job = [sys.executable, "-m", "burnish", "enhance", str(source), "-o", str(out), "--set", f"recipe={recipe}"]
    return [*pinned, *job, *WAYS[way]]


def rates(work: Path, name: str, sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """Runs of all ways over both sizes, in turns."""
    recipe, per_shard = JOBS[name]
    runs: dict[str, list[dict[str, float]]] = {f"{way} {size}": [] for way in WAYS for size in sizes}
    out = work / "out" / "ray"
    out.parent.mkdir(parents=True, exist_ok=True)
    where = machine()
    for _ in range(rounds):
        for size in sizes:
            source = corpus.repeated(work, size, per_shard)
            for way in WAYS:
                shutil.rmtree(out, ignore_errors=True)
                run = measure.run(command(way, recipe, source, out), log=out.with_suffix(".log"), timeout_s=3_600)
                kept = {key: value for key, value in measure.as_dict(run).items() if key != "memory"}
                runs[f"{way} {size}"].append(kept)
    shutil.rmtree(out, ignore_errors=True)
    return {"sizes": list(sizes), "runs": runs, "machine": where}


def cores() -> dict[str, Any]:
    """Seconds of one process that computes alone, and of two side by side, each on a core of its own; three rounds."""
    places = [str(core) for core in sorted(os.sched_getaffinity(0))[:2]]
    alone, both = [], []
    where = machine()
    for _ in range(3):
        alone.append(_side_by_side(places[:1]))
        both.append(_side_by_side(places))
    return {"alone_s": alone, "both_s": both, "machine": where}


def _side_by_side(places: Sequence[str]) -> float:
    """Seconds until all have done the same work, start-up left out: the mean of what each says of itself."""
    job = [sys.executable, "-c", _WORK]
    started = [
        subprocess.Popen(["taskset", "-c", place, *job], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for place in places
    ]
    for each in started:
        assert each.stdout is not None
        each.stdout.readline()  # it is ready
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    return statistics.mean(float(each.communicate()[0]) for each in started)


_WORK = """
import time
import numpy as np
ones = np.random.default_rng(0).random((256, 256), np.float32)
print("ready", flush=True)
input()
started = time.monotonic()
for _ in range(1500):
    ones = ones @ ones
    ones /= ones.max()
    sum(range(20_000))
print(time.monotonic() - started)
"""


def machine() -> dict[str, Any]:
    return measure.machine(("ray", "pyarrow", "onnxruntime"))


def store(work: Path, pairs: int) -> dict[str, Any]:
    """The largest content of the object store over a run, as ``ray memory`` tells it, and how much was read."""
    ray, address = str(Path(sys.executable).with_name("ray")), f"127.0.0.1:{PORT}"
    start = [ray, "start", "--head", f"--port={PORT}", "--node-ip-address=127.0.0.1", "--num-cpus=2"]
    source, out = corpus.repeated(work, pairs), work / "out" / "ray-store"
    shutil.rmtree(out, ignore_errors=True)
    ports = ["--min-worker-port=0", "--max-worker-port=0", "--include-dashboard=false", "--disable-usage-stats"]
    env = {**os.environ, "RAY_AUTH_MODE": "disabled"}  # it listens on the loopback only, for a minute
    start += [*ports, "--object-store-memory=80000000", "--block"]
    head = subprocess.Popen(start, stdout=subprocess.DEVNULL, env=env)
    try:
        probe = [ray, "memory", "--stats-only", f"--address={address}"]
        _until(lambda: subprocess.run(probe, check=False, capture_output=True, env=env).returncode == 0)
        where = ["--set", f"engine_options.address={address}"]
        job = subprocess.Popen([*command("Ray, two workers", "none", source, out), *where], env=env)
        seen: list[tuple[float, int]] = []
        while job.poll() is None:
            said = subprocess.run(probe, check=True, capture_output=True, text=True, env=env).stdout
            found = re.search(r"Plasma memory usage ([\d.]+) MiB, (\d+) objects", said)
            seen += [(float(found[1]), int(found[2]))] if found else []
        if job.returncode:
            raise measure.FailedError(f"status {job.returncode}")
    finally:
        head.terminate()
        head.wait()
    read_mb = sum(path.stat().st_size for path in source.glob("*.tar")) / 1e6
    shutil.rmtree(out, ignore_errors=True)
    return {
        "pairs": pairs,
        "read_mb": round(read_mb),
        "looks": len(seen),
        "most_mib": max(mib for mib, _ in seen),
        "most_objects": max(objects for _, objects in seen),
        "machine": machine(),
    }


def _until(true: Callable[[], bool], limit_s: float = 120.0) -> None:
    deadline = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > deadline:
            raise measure.FailedError("the cluster did not start")
        time.sleep(0.5)


def dispatch() -> dict[str, Any]:
    """Seconds for `TASKS` tasks that do nothing: names in, counts out, two workers."""
    found = {}
    for kind in ("core", "data"):
        done = subprocess.run([sys.executable, "-c", _TASKS[kind]], check=True, capture_output=True, text=True)
        found[kind] = json.loads(done.stdout.splitlines()[-1])
    return {"tasks": TASKS, **found, "machine": machine()}


_HEAD = f"""
import json, os, time
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
import ray
ray.init(address="local", num_cpus=2, object_store_memory=10**8, include_dashboard=False, logging_level="ERROR")
shards = [dict(shard="x" * 200 + str(i)) for i in range({TASKS})]
def work(row): return dict(shard=row["shard"], counts=[1] * 10)
"""
_TAIL = """
wall, cpu = time.monotonic() - wall, time.process_time() - cpu
print(json.dumps(dict(wall_s=round(wall, 2), driver_cpu_s=round(cpu, 2))))
"""
_TASKS = {
    "core": f"""{_HEAD}
class Actor:
    def work(self, row): return work(row)
actors = [ray.remote(num_cpus=1)(Actor).remote() for _ in range(2)]
ray.get([actor.work.remote(shards[0]) for actor in actors])
wall, cpu = time.monotonic(), time.process_time()
left = iter(enumerate(shards[4:]))
pending = [actor.work.remote(row) for actor, row in zip(actors * 2, shards)]
while pending:
    ready, pending = ray.wait(pending)
    for ref in ready:
        ray.get(ref)
        pending += [actors[i % 2].work.remote(row) for i, row in [next(left, (0, None))] if row]
{_TAIL}""",
    "data": f"""{_HEAD}
import ray.data
ray.data.DataContext.get_current().enable_progress_bars = False
class Worker:
    def __call__(self, row): return work(row)
wall, cpu = time.monotonic(), time.process_time()
rows = ray.data.from_items(shards, override_num_blocks={TASKS})
pool = ray.data.ActorPoolStrategy(size=2)
assert sum(1 for _ in rows.map(Worker, compute=pool, num_cpus=1).iter_rows()) == {TASKS}
{_TAIL}""",
}


def marginal(part: dict[str, Any], way: str) -> tuple[float, float]:
    """Pairs a second of further pairs, and seconds that a run takes beside its pairs: medians over the rounds."""
    small, large = part["sizes"]
    first, second = (_median(part, way, size, "wall_s") for size in (small, large))
    rate = (large - small) / (second - first)
    return rate, first - small / rate


def _median(part: dict[str, Any], way: str, size: int, what: str) -> float:
    return statistics.median(run[what] for run in part["runs"][f"{way} {size}"])


def _rates(name: str, part: dict[str, Any]) -> list[str]:
    small, large = part["sizes"]
    rounds = len(part["runs"][f"one worker {small}"])
    lines = [
        f"## {name}: {small:,} and {large:,} pairs, {rounds} round(s)",
        "",
        "| | pairs/s of further pairs | start-up s | CPU ms a further pair | cores in use | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    for way in WAYS:
        rate, start_s = marginal(part, way)
        cpu_s = _median(part, way, large, "cpu_s") - _median(part, way, small, "cpu_s")
        pair_ms = cpu_s / (large - small) * 1e3
        peak = max(run["peak_mb"] for run in part["runs"][f"{way} {large}"])
        # Ray's workers are children of its raylet, which ends after the command: their time is booked on nobody.
        seen = "| | |" if "Ray" in way else f"| {pair_ms:.2f} | {pair_ms * rate / 1e3:.2f} |"
        lines.append(f"| {way} | {rate:,.1f} | {start_s:.1f} {seen} {peak:,.0f} |")
    return [*lines, "", *_verdicts(part), *_where(part)]


def _verdicts(part: dict[str, Any]) -> list[str]:
    two, ray, one, pinned = (marginal(part, way)[0] for way in WAYS)
    took = " and ".join(_took(part, "Ray, two workers", size) for size in part["sizes"])
    return [
        f"- Ray's marginal rate is {ray / two:.2f} of the local one's ({_met(ray / two, RAY_WANTED)});",
        f"  its runs of the two sizes took {took} s, start-up included.",
        f"- Two workers are {two / one:.2f} x one that may use both cores ({_met(two / one, TWO_WANTED)}), and",
        f"  {two / pinned:.2f} x one that has a core to itself ({_met(two / pinned, TWO_WANTED)}).",
        f"- Two of Ray's are {ray / one:.2f} x one local worker.",
    ]


def _took(part: dict[str, Any], way: str, size: int) -> str:
    """From the shortest to the longest run."""
    found = [run["wall_s"] for run in part["runs"][f"{way} {size}"]]
    return f"{min(found):.1f} to {max(found):.1f}"


def _met(found: float, wanted: float) -> str:
    return f"wanted {wanted}: " + ("met" if found >= wanted else "**not met**")


def _cores(part: dict[str, Any]) -> list[str]:
    alone, both = (statistics.median(part[key]) for key in ("alone_s", "both_s"))
    return [
        "## What the two cores have to give",
        "",
        f"A process that computes by itself takes {alone:.2f} s, two side by side that share nothing {both:.2f} s each",
        f"(medians of 3): both together do **{2 * alone / both:.2f} x** the work of one, and no engine can do better.",
        *_where(part),
    ]


def _where(part: dict[str, Any]) -> list[str]:
    return ["", ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in part["machine"].items()) + ".", ""]


def page(results: dict[str, Any]) -> str:
    """docs/figures/ray_engine.md."""
    lines = [
        "# The Ray engine, and two workers against one",
        "",
        "Made by `python -m benchmarks.ray_engine --work DIR`. One machine, the bundled sample again and again.",
        "",
    ]
    for name in JOBS:
        lines += _rates(name, results[name]) if name in results else []
    lines += _cores(results["cores"]) if "cores" in results else []
    if "store" in results:
        part = results["store"]
        lines += ["## The object store", ""]
        content = f"{part['most_mib']:g} MiB in {part['most_objects']} objects ({part['looks']} looks)"
        lines += [
            f"Over a run of {part['pairs']:,} pairs ({part['read_mb']:,} MB of shards) it held at most {content}."
        ]
        lines += _where(part)
    if "dispatch" in results:
        part = results["dispatch"]
        lines += [
            f"## Handing out {part['tasks']:,} tasks that do nothing",
            "",
            "| | wall s | CPU s of the driver |",
            "|---|---|---|",
        ]
        names = (("core", "actors of Ray Core"), ("data", "Ray Data, one row a block"))
        lines += [f"| {what} | {part[key]['wall_s']:.1f} | {part[key]['driver_cpu_s']:.1f} |" for key, what in names]
        lines += _where(part)
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Measure, write the figures, print the page."""
    parser = corpus.arguments(str(__doc__))
    parts = (*JOBS, "cores", "store", "dispatch")
    parser.add_argument("--part", action="append", choices=parts, help="only these; may be repeated")
    parser.add_argument("--none", default="3000,12000", help="sizes without a model: %(default)s")
    parser.add_argument("--builtin", default="300,1200", help="sizes with the built-in model: %(default)s")
    parser.add_argument("--rounds", type=int, default=2, help="default: %(default)s")
    options = parser.parse_args()
    path = FIGURES / "ray_engine.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    made: dict[str, Callable[[], dict[str, Any]]] = {
        "none": lambda: rates(options.work, "none", sizes(options.none), options.rounds),
        "builtin": lambda: rates(options.work, "builtin", sizes(options.builtin), options.rounds),
        "cores": cores,
        "store": lambda: store(options.work, sizes(options.none)[1]),
        "dispatch": dispatch,
    }
    for part in options.part or parts:
        results[part] = made[part]()
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(page(results), encoding="utf-8")
    print(page(results))


def sizes(text: str) -> list[int]:
    """Two of them, from a command line."""
    small, large = map(int, text.split(","))
    return [small, large]


if __name__ == "__main__":
    main()
