"""How fast a list of URLs is fetched and written as tars, and at what cost in CPU; beside img2dataset if it is there.

    python -m benchmarks.fetch --work DIR [--peer PYTHON] [--pairs 4000] [--rounds 3]

`--peer` is the interpreter of an environment with img2dataset. Both fetch the same list from a server on this machine
that answers after 50 ms, on 50 addresses that stand for hosts, with two processes and 64 fetches at once in all; both
keep the bytes as served. burnish decodes each image to see that it is one; img2dataset decodes none here
(`disable_all_reencoding`). burnish's limits a host are lifted, since img2dataset has none; robots.txt is read by
burnish unless the row says otherwise.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import Run, machine, median, run

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
HOSTS = 50
PROCESSES = 2
QUIET = {"NO_ALBUMENTATIONS_UPDATE": "1"}
"""img2dataset's albumentations else asks the internet at each start whether it is the newest."""
AT_ONCE = 64


def _list(work: Path, port: int, pairs: int) -> Path:
    urls = [f"http://127.0.1.{at % HOSTS + 1}:{port}/{at}.jpg" for at in range(pairs)]
    path = work / "urls.parquet"
    pq.write_table(pa.table({"url": urls, "caption": [f"caption {at}" for at in range(pairs)]}), path)
    return path


def _burnish(source: Path, out: Path, port: int, pairs: int, robots: str) -> list[str]:
    settings = [
        f"fetching.ports={port}", "fetching.per_host=64", "fetching.per_host_rate=0", f"fetching.concurrency={AT_ONCE}",
        f"store_options.rows_per_shard={pairs // (2 * PROCESSES)}", f"store_options.robots={robots}",
    ]  # fmt: skip
    command = [sys.executable, "-m", "burnish", "enhance", str(source), "-o", str(out), "--recipe", "none", "--fetch"]
    command += ["--fetch-allow", "127.0.0.0/8", "--workers", str(PROCESSES), "-q"]
    return [*command, *(part for setting in settings for part in ("--set", setting))]


def _peer(python: str, source: Path, out: Path, pairs: int) -> list[str]:
    options = {
        "url_list": source, "output_folder": out, "input_format": "parquet", "url_col": "url", "caption_col": "caption",
        "output_format": "webdataset", "resize_mode": "no", "disable_all_reencoding": True,
        "processes_count": PROCESSES, "thread_count": AT_ONCE // PROCESSES,
        "number_sample_per_shard": pairs // (2 * PROCESSES), "enable_wandb": False, "retries": 0,
    }  # fmt: skip
    return [python, "-m", "img2dataset.main", *(f"--{name}={value}" for name, value in options.items())]


def _version(python: str) -> str:
    code = "from importlib.metadata import version; print(version('img2dataset'))"
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def _fetched(out: Path) -> int:
    import tarfile

    count = 0
    for path in out.glob("*.tar"):
        with tarfile.open(path) as tar:
            count += sum(member.name.endswith(".jpg") for member in tar)
    return count


def _measured(name: str, command: Sequence[str], out: Path, pairs: int) -> Run:
    shutil.rmtree(out, ignore_errors=True)
    done = run(command, log=out.with_suffix(".log"), env=QUIET)
    if _fetched(out) != pairs:
        raise SystemExit(f"{name}: {_fetched(out)} of {pairs} fetched; see {out.with_suffix('.log')}")
    return done


def measure(work: Path, peer: str | None, pairs: int, rounds: int) -> dict[str, object]:
    """All rows: medians of `rounds` in turns."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.fetch_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    port, image_bytes = map(int, server.stdout.readline().split())
    try:
        source, out = _list(work, port, pairs), work / "out"
        commands = {
            "burnish": _burnish(source, out, port, pairs, "honour"),
            "burnish, robots.txt ignored": _burnish(source, out, port, pairs, "ignore"),
        }
        if peer:
            commands["img2dataset"] = _peer(peer, source, out, pairs)
        found: dict[str, list[Run]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                found[name].append(_measured(name, command, out, pairs))
    finally:
        server.communicate()
    rows = {
        name: {
            "pairs_per_s": sorted(round(pairs / one.wall_s, 1) for one in runs),
            "cpu_ms_a_pair": sorted(round(1000 * one.cpu_s / pairs, 2) for one in runs),
            "peak_mb": round(statistics.median(one.peak_mb for one in runs)),
        }
        for name, runs in found.items()
    }
    return {
        "pairs": pairs,
        "rounds": rounds,
        "image_bytes": image_bytes,
        "peer": _version(peer) if peer else None,
        "rows": rows,
        "conditions": machine(["aiohttp", "protego"]),
    }


def page(figures: dict[str, object]) -> str:
    """The figures as a table."""
    rows = figures["rows"]
    assert isinstance(rows, dict)
    lines = [
        "# Fetching lists of URLs",
        "",
        f"Made by `python -m benchmarks.fetch --work DIR --peer PYTHON --pairs {figures['pairs']}`: it says how.",
        "Whole commands, start-up included; CPU of the whole process tree, the server's left out.",
        f"n = {figures['rounds']} rounds in turns, medians, smallest and largest in brackets.",
        "Loopback: nothing here says how fast the web is.",
        "",
        "| | pairs/s | CPU ms a pair | peak MB |",
        "|---|---|---|---|",
    ]
    for name, row in rows.items():
        cells = [f"{median(row[k])} ({row[k][0]}-{row[k][-1]})" for k in ("pairs_per_s", "cpu_ms_a_pair")]
        lines.append(f"| {name} | {' | '.join(cells)} | {row['peak_mb']} |")
    if "img2dataset" not in rows:
        lines += ["", "img2dataset was not there to be measured beside it."]
    else:
        lines += ["", f"img2dataset {figures['peer']}, with which 64 fetches at once are 2 processes of 32 threads."]
    measured = figures["conditions"]
    assert isinstance(measured, dict)
    return "\n".join([*lines, "", "Measured with: " + ", ".join(f"{k} {v}" for k, v in measured.items()) + ".", ""])


def main() -> None:
    """Measure and write ``docs/figures/fetch.*``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--peer")
    parser.add_argument("--pairs", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    figures = measure(given.work, given.peer, given.pairs, given.rounds)
    (FIGURES / "fetch.json").write_text(json.dumps(figures, indent=1) + "\n")
    (FIGURES / "fetch.md").write_text(page(figures))
    print(page(figures))


if __name__ == "__main__":
    main()
