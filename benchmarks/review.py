"""How soon `burnish review` answers over a million pairs, asked as a browser asks it.

    python -m benchmarks.review --work DIR [--pairs 1000000] [--rounds 20] [--keep]

Writes docs/figures/review.json and .md. The output is that of `benchmarks.report_page` (committed shards of 10,000
pairs; 3 GB in DIR for a million). `burnish review` runs as a process of its own; every answer is timed from the request
to its last byte over loopback, on a new connection each, with 2,000 decisions already made. Each kind of question is
asked `rounds` times with other values, the kinds taking turns. `first picture`: of a shard that was not touched before,
the first one right after the start.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import machine
from benchmarks.report_page import FIGURES, PER_SHARD, lay, vocabulary
from burnish.storage.layout import REVIEW, SEAL

DECIDED = 2_000
TARGET_MS, PICTURE_MS = 300, 500
_MEASURED_APART = {"decision,", "picture"}


class Client:
    """Asks a review, and keeps how long each kind of answer took."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ms: dict[str, list[float]] = {}
        self.key = json.loads(self.ask("overview", "/api/overview"))["key"]

    def ask(self, kind: str, path: str, **query: Any) -> bytes:
        """What `path` gives."""
        given = {name: value for name, value in query.items() if value not in {"", None}}
        asked = f"{self.url}{path}?{urllib.parse.urlencode(given)}"
        return self._timed(kind, urllib.request.Request(asked))  # noqa: S310 -- our own server

    def pairs(self, kind: str, **query: Any) -> list[dict[str, Any]]:
        """A page of pairs."""
        found: list[dict[str, Any]] = json.loads(self.ask(kind, "/api/pairs", **query))["pairs"]
        return found

    def decide(self, kind: str, pair: dict[str, Any], action: str) -> None:
        """Decide on a pair as it was last told."""
        body = json.dumps({"action": action, "version": pair["version"], "by": "benchmark"}).encode()
        headers = {"Content-Type": "application/json", "X-Review-Key": self.key}
        path = f"{self.url}/api/pairs/{pair['id']}/decision"
        self._timed(kind, urllib.request.Request(path, body, headers))  # noqa: S310

    def _timed(self, kind: str, request: urllib.request.Request) -> bytes:
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            content: bytes = answer.read()
        self.ms.setdefault(kind, []).append((time.perf_counter() - began) * 1e3)
        return content


@contextmanager
def reviewing(out: Path, log: Path) -> Iterator[tuple[str, int, float]]:
    """(address, process id, seconds until it answered)."""
    command = [sys.executable, "-m", "burnish", "review", str(out), "--json"]
    began = time.monotonic()
    with log.open("ab") as errors, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as server:
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        try:
            yield url, server.pid, time.monotonic() - began
        finally:
            server.terminate()
            server.wait(60)


def decided(client: Client) -> None:
    """Decide on pairs drawn at random."""
    last: dict[str, Any] = {}
    for _ in range(DECIDED // 200):
        found = client.pairs("", order="random", most=200, at=last.get("at"), id=last.get("id"))
        for row in found:
            client.decide("a decision, on disk", row, "accept")
        last = found[-1]
    client.ms.pop("")  # pages of 200 are no typical question


def resident_mb(pid: int) -> float:
    """The process's own memory now (proc(5), VmRSS)."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmRSS"))


def told(url: str, pairs: int) -> float:
    """How long finding out the languages took, so that the second start is not measured beside it."""
    began = time.monotonic()
    while True:
        with urllib.request.urlopen(f"{url}/api/progress") as answer:  # noqa: S310
            if json.loads(answer.read())["languages_known"] >= pairs:
                return time.monotonic() - began
        time.sleep(5)


def questions(client: Client, lots: random.Random, words: list[str], shards: int) -> list[Callable[[], object]]:
    """One of each kind, with values drawn anew."""

    def follow() -> None:
        first = client.pairs("page of an order", order=lots.choice(["worst", "best", "changed", "gain"]))
        order = lots.choice(["worst", "random"])
        last = client.pairs("page of an order", order=order)[-1]
        client.pairs("next page of an order", order=order, at=last["at"], id=last["id"])
        assert first

    low = round(lots.uniform(1, 4), 2)
    ranged = {"low": low, "high": round(low + 0.5, 2), "criterion": lots.randint(0, 3), "side": "before"}
    return [
        lambda: client.pairs("page in the output's order"),
        follow,
        lambda: client.pairs(
            "filter by decision and score, worst first", decision="rewritten", order="worst", **ranged
        ),
        lambda: client.ask("count of such a filter", "/api/count", decision="rewritten", **ranged),
        lambda: client.pairs("filter by flag", flag="duplicate_key", order="borderline"),
        lambda: client.pairs(
            "one shard, borderline first", shard=f"{lots.randrange(shards):05d}.tar", order="borderline"
        ),
        lambda: client.pairs("search, a frequent word", text=words[lots.randrange(20)]),
        lambda: client.pairs(
            "search, a rare word, worst first", text=words[lots.randrange(20_000, 60_000)], order="worst"
        ),
        lambda: client.ask("count of a search", "/api/count", text=words[lots.randrange(60_000)]),
        lambda: client.pairs("not decided yet, worst first", verdict="none", order="worst"),
        lambda: client.ask("count of what is not decided", "/api/count", verdict="none"),
        lambda: client.ask("one pair with everything", f"/api/pairs/{lots.randrange(shards * PER_SHARD)}"),
        lambda: client.ask("agreement", "/api/agreement"),
    ]


def measured(out: Path, pairs: int, rounds: int, log: Path) -> dict[str, Any]:
    lots, words, shards = random.Random(8), vocabulary(), pairs // PER_SHARD
    shutil.rmtree(out / REVIEW, ignore_errors=True)
    with reviewing(out, log) as (url, pid, first_s):
        built_mb = resident_mb(pid)
        languages_s = told(url, pairs)
    with reviewing(out, log) as (url, pid, again_s):
        client = Client(url)
        client.ask("first picture after the start", f"/api/pairs/{pairs - 1}/picture")
        decided(client)
        for at in range(rounds):
            asked = questions(client, lots, words, shards)
            lots.shuffle(asked)
            for each in asked:
                each()
            shard = at % shards
            client.ask(
                "first picture of a shard", f"/api/pairs/{shard * PER_SHARD + lots.randrange(PER_SHARD)}/picture"
            )
            client.ask(
                "next picture of that shard", f"/api/pairs/{shard * PER_SHARD + lots.randrange(PER_SHARD)}/picture"
            )
        held_mb = resident_mb(pid)
    index_mb = (out / REVIEW / "index.duckdb").stat().st_size / 1e6
    return {
        "pairs": pairs,
        "rounds": rounds,
        "first_start_s": round(first_s, 1),
        "start_s": round(again_s, 1),
        "languages_s": round(languages_s, 1),
        "index_mb": round(index_mb, 1),
        "memory_mb": {"after the first start": round(built_mb), "at the end": round(held_mb)},
        "ms": {kind: [round(each, 1) for each in found] for kind, found in client.ms.items()},
    }


def p95(values: list[float]) -> float:
    """The 95th percentile, the largest of fewer than 20."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def page_of(found: dict[str, Any]) -> str:
    row = found["review"]
    first = (
        f"{row['pairs']:,} pairs. The first start makes the index: {row['first_start_s']} s; another start:"
        f" {row['start_s']} s; finding out languages beside, at low priority: {row['languages_s']} s."
        f" Index: {row['index_mb']:,} MB beside the output. Memory at the end: {row['memory_mb']['at the end']:,} MB."
    )
    lines = [
        "# The review page at scale",
        "",
        "Written by `python -m benchmarks.review`; see there for what is measured.",
        "",
        first,
        "",
        "| what is asked | n | median, ms | p95, ms | longest, ms |",
        "|---|---:|---:|---:|---:|",
    ]
    for kind, values in sorted(row["ms"].items()):
        numbers = f"{statistics.median(values):.0f} | {p95(values):.0f} | {max(values):.0f}"
        lines.append(f"| {kind} | {len(values)} | {numbers} |")
    queries = [each for kind, values in row["ms"].items() if not _MEASURED_APART & set(kind.split()) for each in values]
    pictures = [each for kind, values in row["ms"].items() if kind.startswith("first picture") for each in values]
    whole = (
        f"All questions together, without decisions and pictures: p95 {p95(queries):.0f} ms (n = {len(queries)}; the"
        f" target is {TARGET_MS}). First pictures: longest {max(pictures):.0f} ms (n = {len(pictures)}; the target is"
        f" {PICTURE_MS})."
    )
    on = ", ".join(f"{key} {value}" for key, value in found["machine"].items())
    lines += ["", whole, "", f"Measured on: {on}.", "The clock's time, beside whatever else the machine did."]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--keep", action="store_true", help="leave the output for another count")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    out = given.work / f"out-{given.pairs}"
    if not (out / SEAL).exists():
        lay(out, given.pairs)
    found = {
        "machine": machine(["duckdb", "fastapi", "uvicorn", "pyarrow"]),
        "review": measured(out, given.pairs, given.rounds, given.work / "log"),
    }
    (FIGURES / "review.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    (FIGURES / "review.md").write_text(page_of(found), "utf-8")
    print(page_of(found))
    if not given.keep:
        shutil.rmtree(out)


if __name__ == "__main__":
    main()
