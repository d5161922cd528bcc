"""The service beside the batch command on the same pairs: `python -m benchmarks.serve --work DIR [--rounds 3]`.

Each round runs `burnish enhance` on copies of the bundled shards, then a server that gets the same pairs as one stream
and from many connections that each send the next pair when they have the last answer, then one pair at a time. Both
with the built-in model and as many workers as cores. What the command needs to start is measured by itself and taken
off, as a server starts once. Results go to docs/figures/serve.json, and serve.md is made from it.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import burnish
from benchmarks import measure

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
SHARDS = ("00000.tar", "00001.tar")
COPIES = 8
CONNECTIONS = 64
ALONE = 100
WARM = 64
KEPT = ("pairs", "wall_s", "cpu_s")


def main() -> None:
    """Measure, write both files."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--work", type=Path, required=True)
    asked.add_argument("--rounds", type=int, default=3)
    told = asked.parse_args()
    machine = measure.machine(("burnish", "fastapi", "uvicorn", "h11"))
    source, few = lay_out(told.work / "in"), lay_out_few(told.work / "few")
    bodies = [body(pair) for pair in burnish.open(source)]
    rounds = []
    for number in range(told.rounds):
        rounds.append({"command": command(source, few, told.work / "out", len(bodies)), **server(bodies, told.work)})
        print(f"round {number + 1}  {json.dumps(rounds[-1])}", flush=True)
    found = {
        "command": "python -m benchmarks.serve --work DIR",
        "machine": machine,
        "pairs": len(bodies),
        "connections": CONNECTIONS,
        "summary": summary(rounds),
        "rounds": rounds,
    }
    (FIGURES / "serve.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "serve.md").write_text(page(found), encoding="utf-8")


def lay_out(folder: Path) -> Path:
    """The bundled shards, some times over."""
    folder.mkdir(parents=True, exist_ok=True)
    for copy in range(COPIES):
        for at, name in enumerate(SHARDS):
            (folder / f"{copy * len(SHARDS) + at:05d}.tar").write_bytes((files("burnish.sample") / name).read_bytes())
    return folder


def lay_out_few(folder: Path) -> Path:
    """A shard of one pair for each core: what every worker's start costs."""
    folder.mkdir(parents=True, exist_ok=True)
    with (files("burnish.sample") / SHARDS[0]).open("rb") as packed, tarfile.open(fileobj=packed) as found:
        members = found.getmembers()
        first = [member for member in members if member.name.partition(".")[0] == members[0].name.partition(".")[0]]
        for number in range(len(os.sched_getaffinity(0))):
            with tarfile.open(folder / f"{number:05d}.tar", "w") as shard:
                for member in first:
                    shard.addfile(member, found.extractfile(member))
    return folder


def body(pair: burnish.Pair) -> bytes:
    """A pair as the service takes it."""
    image = base64.b64encode(pair.image).decode()
    told = {"image": image, "text": pair.text, "key": pair.key, "image_name": pair.image_name}
    return json.dumps({**told, "fields": dict(pair.fields)}).encode()


def command(source: Path, few: Path, out: Path, pairs: int) -> dict[str, float]:
    """`burnish enhance` over all pairs, less what it costs over next to none."""
    whole, start = enhance(source, out), enhance(few, out)
    counted = pairs - len(list(few.iterdir()))
    wall_s, cpu_s = whole.wall_s - start.wall_s, whole.cpu_s - start.cpu_s
    return {"pairs": counted, "wall_s": wall_s, "cpu_s": cpu_s, "start_s": start.wall_s}


def enhance(source: Path, out: Path) -> measure.Run:
    """The command as a user gives it."""
    shutil.rmtree(out, ignore_errors=True)
    line = [sys.executable, "-m", "burnish", "enhance", str(source), "-o", str(out)]
    return measure.run(line, log=out.with_suffix(".log"))


def server(bodies: Sequence[bytes], work: Path) -> dict[str, dict[str, float]]:
    """One server: warm it, then each kind of load after the other."""
    with serving(work / "serve.log") as (process, told):
        port = int(told["url"].rpartition(":")[2])
        stream(port, bodies[:WARM])
        found = {}
        for name, load in (("stream", stream), ("connections", many), ("alone", alone)):
            cpu_s, started = tree_cpu_s(process.pid), time.monotonic()
            answered = load(port, bodies)
            wall_s = time.monotonic() - started
            found[name] = {**answered, "wall_s": wall_s, "cpu_s": tree_cpu_s(process.pid) - cpu_s}
    return found


@contextmanager
def serving(log: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    """`burnish serve`, ended well."""
    line = [sys.executable, "-m", "burnish", "serve", "--json", "--max-rate", "0"]
    with log.open("wb") as output, subprocess.Popen(line, stdout=subprocess.PIPE, stderr=output) as process:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
        process.terminate()
        if process.wait(120):
            raise SystemExit(f"the server ended with {process.returncode}")
    measure.reap()  # what its workers were forked from ends after it: not on the next command's account


def tree_cpu_s(root: int) -> float:
    """CPU time of a process and all below it, ended children included."""
    pids, at, ticks = [root], 0, 0
    while at < len(pids):
        stat = Path(f"/proc/{pids[at]}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, stat[11:15]))
        for task in Path(f"/proc/{pids[at]}/task").iterdir():
            pids += [int(child) for child in (task / "children").read_text().split()]
        at += 1
    return ticks / os.sysconf("SC_CLK_TCK")


def stream(port: int, bodies: Sequence[bytes]) -> dict[str, float]:
    """All pairs as lines of one request."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    link.request("POST", "/v1/enhance/batch", b"\n".join(bodies), {"Content-Type": "application/x-ndjson"})
    answered = link.getresponse().read().count(b'"fate"')
    link.close()
    if answered != len(bodies):
        raise SystemExit(f"{answered} answers to {len(bodies)} pairs")
    return {"pairs": answered}


def many(port: int, bodies: Sequence[bytes]) -> dict[str, float]:
    """The pairs shared out among connections that have one pair open each."""
    took: list[float] = []
    threads = [threading.Thread(target=ask, args=(port, bodies[at::CONNECTIONS], took)) for at in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies(took, len(bodies))


def alone(port: int, bodies: Sequence[bytes]) -> dict[str, float]:
    """One pair at a time."""
    took: list[float] = []
    ask(port, bodies[:ALONE], took)
    return latencies(took, ALONE)


def ask(port: int, bodies: Sequence[bytes], took: list[float]) -> None:
    """One after the other over one connection; how long each took goes to `took`."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    for content in bodies:
        started = time.monotonic()
        link.request("POST", "/v1/enhance", content, {"Content-Type": "application/json"})
        response = link.getresponse()
        answered = b'"fate"' in response.read()
        if response.status != 200 or not answered:
            raise SystemExit(f"status {response.status}")
        took.append(time.monotonic() - started)
    link.close()


def latencies(took: Sequence[float], expected: int) -> dict[str, float]:
    """Median and 99th percentile, in milliseconds."""
    if len(took) != expected:
        raise SystemExit(f"{len(took)} answers to {expected} pairs")
    ordered = sorted(took)
    return {
        "pairs": expected,
        "p50_ms": round(1_000 * ordered[len(ordered) // 2], 1),
        "p99_ms": round(1_000 * ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))], 1),
    }


def summary(rounds: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Medians over rounds; what the service has of the command's rate is compared round by round."""
    found: dict[str, dict[str, float]] = {}
    for name in rounds[0]:
        runs = [each[name] for each in rounds]
        found[name] = {
            "pairs_per_s": measure.median(run["pairs"] / run["wall_s"] for run in runs),
            "cpu_ms_a_pair": measure.median(1_000 * run["cpu_s"] / run["pairs"] for run in runs),
            "cpu_to_command": measure.median(cost(each[name]) / cost(each["command"]) for each in rounds),
            "rate_to_command": measure.median(rate(each[name]) / rate(each["command"]) for each in rounds),
            **{key: measure.median(run[key] for run in runs) for key in runs[0] if key not in KEPT},
        }
    return found


def rate(run: Mapping[str, float]) -> float:
    """Pairs a second."""
    return run["pairs"] / run["wall_s"]


def cost(run: Mapping[str, float]) -> float:
    """CPU seconds a pair."""
    return run["cpu_s"] / run["pairs"]


_NAMES = {
    "command": "`burnish enhance`, without its start",
    "stream": "service, one stream",
    "connections": "service, {connections} connections",
    "alone": "service, one pair at a time",
}


_PAGE = """# The service beside the batch command

`{command}`: {pairs:,} pairs (the bundled clip art, {copies} times over), built-in model, {cores} cores of {processor},
as many workers, {count} rounds one after the other, medians; {date}. Load before: {load}. On a machine that does other
work too, CPU time says more than the rate.

| | CPU, ms a pair | of the command's | pairs a second | of the command's | p50 / p99, ms |
|---|---|---|---|---|---|
{rows}

The stream's rate over the command's, round by round: {spread}; wanted is at least 0.85. Starting takes the command
{start_s:g} s, and a server once about as long. The client runs on the same cores; its own CPU time is in no row, but in
the rate: {connections} connections are as many threads of Python.
"""


def page(found: Mapping[str, Any]) -> str:
    """The figures as a page."""
    machine, rows = found["machine"], []
    for name, told in found["summary"].items():
        waits = f"{told['p50_ms']:g} / {told['p99_ms']:g}" if "p50_ms" in told else ""
        costs = [f"{told['cpu_ms_a_pair']:g}", f"{told['cpu_to_command']:.2f}"]
        rates = [f"{told['pairs_per_s']:g}", f"{told['rate_to_command']:.2f}"]
        rows.append(" | ".join(["", _NAMES[name].format(**found), *costs, *rates, waits, ""]).strip())
    shares = sorted(rate(each["stream"]) / rate(each["command"]) for each in found["rounds"])
    return _PAGE.format(
        command=found["command"],
        pairs=found["pairs"],
        copies=COPIES,
        cores=machine["cores"],
        processor=machine["processor"],
        count=len(found["rounds"]),
        date=machine["date"],
        load=machine["load_1min_before"],
        rows="\n".join(rows),
        spread=", ".join(f"{share:.2f}" for share in shares),
        start_s=found["summary"]["command"]["start_s"],
        connections=found["connections"],
    )


if __name__ == "__main__":
    main()
