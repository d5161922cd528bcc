"""Calls per second and CPU per call of the client of model servers, beside the official openai client.

    python -m benchmarks.chat_client --peer PYTHON [--peer PYTHON] [--rounds 3] [--seconds 6]

A server that answers after 200 ms runs in a process of its own, each client in another, one after the other in every
round. Pictures are JPEGs of about 27 KB; the official client gets its data URIs ready made, burnish makes its own.
`--peer` is an interpreter of an environment with ``openai[aiohttp]``. Writes docs/figures/chat_client.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import machine, median

HERE = Path(__file__).parent
FIGURES = HERE.parent / "docs" / "figures"
PICTURES = 64
IMAGE_BYTES = 27_000
IN_FLIGHT = (256, 1024)
GRAIN = 12
OURS = "burnish"


@contextmanager
def server() -> Iterator[str]:
    command = [sys.executable, str(HERE / "chat_server.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        finally:
            process.terminate()


def pictures() -> list[Any]:
    """64 of 384 x 288 whose JPEGs at quality 90 have about 27 KB: random colours with a little grain."""
    import numpy as np

    from burnish.values import Picture

    made = []
    for seed in range(PICTURES):
        random = np.random.default_rng(seed)
        colours = random.integers(40, 216, (36, 48, 3)).repeat(8, 0).repeat(8, 1)
        rgb = (colours + random.integers(0, GRAIN, (288, 384, 1))).astype(np.uint8)
        made.append(Picture(rgb=rgb, width=384, height=288, format="JPEG", mode="RGB"))
    return made


def ours(url: str, in_flight: int, seconds: float) -> dict[str, float | str]:
    """Batches of questions through `choose`, from rendered prompts to probabilities; encoding the images is in it."""
    import burnish
    from burnish.chat import Chosen, render
    from burnish.chat.openai.model import OpenAIModel
    from burnish.values import AssessRequest

    model = OpenAIModel({"base_url": url, "concurrency": str(in_flight), "canary_every": "0", "choose": "logprobs"})
    shown, criteria = pictures(), ("overall", "text_quality", "image_text_matching", "object_detail")

    def batch(first: int, size: int) -> None:
        asked = (
            AssessRequest(picture=shown[n % PICTURES], text=f"a dog {n} in the snow", criterion=criteria[n % 4])
            for n in range(first, first + size)
        )
        assert all(isinstance(answer, Chosen) for answer in model.choose([render.choose(one) for one in asked]))

    batch(0, 4 * in_flight)  # the pacer starts with 16 in flight and has to find its way up
    calls, started, cpu = 0, time.perf_counter(), _cpu_s()
    while time.perf_counter() - started < seconds:
        batch(calls, 4 * in_flight)
        calls += 4 * in_flight
    wall_s, cpu_s = time.perf_counter() - started, _cpu_s() - cpu
    image_bytes = sum(len(part) for part in model._pictures.batch(shown).values()) * 3 / 4 / PICTURES  # noqa: SLF001
    model.close()
    return {
        "calls": calls,
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "version": burnish.__version__,
        "image_bytes": round(image_bytes),
    }


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def clients(peers: list[str]) -> dict[str, list[str]]:
    """Name -> command, without the address, the calls in flight and the seconds."""
    found = {OURS: [sys.executable, "-m", "benchmarks.chat_client", "--ours"]}
    for python in peers:
        asked = "import openai, json; from importlib.metadata import version as v;"
        asked += "print(v('openai'), openai.DefaultAsyncHttpxClient.__mro__[1].__module__.split('.')[0])"
        number, transport = subprocess.run(
            [python, "-c", asked], capture_output=True, text=True, check=True
        ).stdout.split()
        for how, name in (("default", transport), ("aiohttp", "aiohttp")):
            found[f"openai {number} on {name}"] = [python, str(HERE / "chat_peer.py"), how]
    return found


def measure(peers: list[str], rounds: int, seconds: float) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """All runs so far, after each round."""
    runs: dict[str, list[dict[str, Any]]] = {}
    commands = clients(peers)
    with server() as url:
        for _ in range(rounds):
            for in_flight in IN_FLIGHT:
                for name, command in commands.items():
                    rest = [url, str(in_flight), str(seconds), str(IMAGE_BYTES)]
                    done = subprocess.run([*command, *rest], capture_output=True, text=True, check=False)
                    if done.returncode:
                        raise SystemExit(f"{name} at {in_flight}: {done.stderr[-2_000:]}")
                    runs.setdefault(f"{name} @{in_flight}", []).append(json.loads(done.stdout))
                    print(name, in_flight, done.stdout.strip(), flush=True)
            yield runs


def page(results: dict[str, Any]) -> str:
    """docs/figures/chat_client.md."""
    where = results["machine"]
    how = (
        f"Made by `{results['command']}`: a server on the same machine answers after 200 ms, always the same; each "
        f"client in a process of its own, in turns, n = {results['rounds']} rounds of {results['seconds']:g} s after a "
        "warm-up. Images are 64 JPEGs of 27 KB; burnish makes its data URIs in the measured time, the official client "
        "gets them ready made. Medians, smallest and largest in brackets."
    )
    noise = (
        f"Other work ran on the {where['cores']} cores at the same time (load {where['load_1min_before']} when it "
        "began): calls per second are lower than on a quiet machine for all clients, and the slower ones did not even "
        "begin a call for each of their tasks. CPU a call, of the client process alone, is the steadier figure."
    )
    tables = [f"## {in_flight} in flight\n\n{_table(results['runs'], in_flight)}" for in_flight in IN_FLIGHT]
    machine_line = f"Measured with: {', '.join(f'{name} {value}' for name, value in where.items())}."
    return "\n\n".join(["# The client of model servers", how, noise, *tables, machine_line]) + "\n"


def _table(runs: dict[str, list[dict[str, Any]]], in_flight: int) -> str:
    head = "| client | calls/s | CPU us a call | burnish: times the calls | burnish: part of the CPU |\n"
    head += "|---|---|---|---|---|\n"
    here = {name.split(" @")[0]: value for name, value in runs.items() if name.endswith(f"@{in_flight}")}
    rates = {name: [run["calls"] / run["wall_s"] for run in value] for name, value in here.items()}
    costs = {name: [run["cpu_s"] / run["calls"] * 1e6 for run in value] for name, value in here.items()}
    rows = []
    for name in here:
        rate, cost = median(rates[name]), median(costs[name])
        ratios = f"{median(rates[OURS]) / rate:.1f} | 1/{cost / median(costs[OURS]):.1f}" if name != OURS else " | "
        rows.append(
            f"| {name} | {rate:,.0f} ({min(rates[name]):,.0f}-{max(rates[name]):,.0f}) | "
            f"{cost:,.0f} ({min(costs[name]):,.0f}-{max(costs[name]):,.0f}) | {ratios} |"
        )
    return head + "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", nargs=4, metavar=("URL", "IN_FLIGHT", "SECONDS", "BYTES"))
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--page", action="store_true", help="only write the page again from the figures")
    given = parser.parse_args()
    if given.page:
        _write(json.loads((FIGURES / "chat_client.json").read_text(encoding="utf-8")))
        return
    if given.ours:
        print(json.dumps(ours(given.ours[0], int(given.ours[1]), float(given.ours[2]))))
        return
    where = machine(["aiohttp", "orjson", "simplejpeg"])
    how = f"--peer PYTHON --rounds {given.rounds} --seconds {given.seconds:g}"
    for number, runs in enumerate(measure(given.peer, given.rounds, given.seconds), 1):
        results = {
            "command": f"python -m benchmarks.chat_client {how}",
            "rounds": number,
            "seconds": given.seconds,
            "machine": where,
            "runs": runs,
        }
        _write(results)


def _write(results: dict[str, Any]) -> None:
    (FIGURES / "chat_client.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "chat_client.md").write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
