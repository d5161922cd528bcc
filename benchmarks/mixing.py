"""Mixing two sources while a model trains, beside `webdataset` and `datasets`; and how exact drawn shares are.

    python -m benchmarks.mixing --work DIR [--pairs 10000] [--rounds 3] [--parts sides,resumed,shares,memory]

Writes docs/figures/mixing.json and .md. Two sources of JPEG pairs in tars (img2dataset's layout, 1,000 a shard) are
mixed 70 : 30. Each side runs in a process of its own, sides taking turns, and gives encoded images and texts: no pixels
are decoded. CPU is that of the process from the first sample to the last, imports and opening left out.

Parts that are not asked for stay as they were. Memory: see `benchmarks.mixing_memory`.

Shares: of so many seeds, how far the share of a role that should be 45 % is off, drawn by hash and with exact counts.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import mixing_memory
from benchmarks.measure import machine

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "figures"
SHARES = (0.7, 0.3)
PER_SHARD = 1_000
IMAGES = 40
ROLE = 0.45
SIZES = (1_000, 5_000, 20_000, 100_000)
SEEDS = 200
EXACT_SEEDS = 5


def corpus(folder: Path, pairs: int) -> Path:
    """A source of `pairs` pairs under keys of its own; `IMAGES` different JPEGs of 256 px in turn."""
    if not folder.exists():
        made = folder.with_suffix(".made")
        made.mkdir(parents=True)
        for first in range(0, pairs, PER_SHARD):
            _shard(made / f"{first // PER_SHARD:05d}.tar", range(first, min(pairs, first + PER_SHARD)), folder.name)
        made.rename(folder)
    return folder


def _shard(path: Path, numbers: range, name: str) -> None:
    with tarfile.open(path, "w") as tar:
        for number in numbers:
            key = f"{name}{number:08d}"
            text = f"{name} picture number {number}".encode()
            meta = json.dumps({"caption": text.decode(), "key": key}).encode()
            for ending, data in (("jpg", _jpeg(number % IMAGES)), ("json", meta), ("txt", text)):
                info = tarfile.TarInfo(f"{key}.{ending}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))


def _jpeg(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (16, 16, 3), np.uint8)
    sink = io.BytesIO()
    Image.fromarray(pixels).resize((256, 256), Image.Resampling.BICUBIC).save(sink, "JPEG", quality=90)
    return sink.getvalue()


# --- the sides: text after text, and which source it is from ----------------------------------------------------


def by_burnish(one: Path, other: Path) -> Iterator[str]:
    from burnish.mixing import MixedPairs
    from burnish.mixing.reading import parse

    weights = f"a = {{ weight = {SHARES[0]} }}\nb = {{ weight = {SHARES[1]} }}\n"
    mixture = parse(f"[groups.all]\nroles = {{ alt = 1 }}\n[groups.all.sources]\n{weights}", "benchmark")
    return (sample["text"] for sample in MixedPairs(mixture, [f"a={one}", f"b={other}"]) if sample["image"])


def by_webdataset(one: Path, other: Path) -> Iterator[str]:
    import webdataset

    def read(folder: Path) -> Any:
        return webdataset.WebDataset([str(path) for path in sorted(folder.glob("*.tar"))], shardshuffle=False)

    mixed = webdataset.RandomMix([read(one), read(other)], SHARES)
    return (sample["txt"].decode() for sample in mixed if sample["jpg"])


def by_datasets(one: Path, other: Path) -> Iterator[str]:
    import datasets

    def read(folder: Path) -> Any:
        files = [str(path) for path in sorted(folder.glob("*.tar"))]
        found = datasets.load_dataset("webdataset", data_files=files, split="train", streaming=True)
        return found.cast_column("jpg", datasets.Image(decode=False))

    mixed = datasets.interleave_datasets([read(one), read(other)], probabilities=list(SHARES), seed=0)
    return (sample["txt"] for sample in mixed if sample["jpg"])


SIDES = {
    "burnish MixedPairs": by_burnish,
    "webdataset RandomMix": by_webdataset,
    "datasets interleave_datasets": by_datasets,
}


def run_side(name: str, work: Path, pairs: int) -> dict[str, Any]:
    """One epoch of one side, in this process."""
    stream = SIDES[name](corpus(work / "a", pairs), corpus(work / "b", pairs))
    texts = [next(stream)]
    wall, cpu = time.perf_counter(), time.process_time()
    texts += stream
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    counts = Counter(text.split(" ", 1)[0] for text in texts)
    digest = hash_of(texts)
    return {"samples": len(texts), "a": counts["a"], "wall_s": wall, "cpu_s": cpu, "digest": digest}


def hash_of(texts: list[str]) -> str:
    """What came, in its order."""
    import xxhash

    return str(xxhash.xxh3_64_hexdigest("\n".join(texts).encode()))


def sides(work: Path, pairs: int, rounds: int) -> dict[str, Any]:
    """All sides in turn, each in a process of its own."""
    corpus(work / "a", pairs)
    corpus(work / "b", pairs)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in SIDES}
    for _ in range(rounds):
        for name in SIDES:
            call = [sys.executable, "-m", "benchmarks.mixing", "--work", work, "--pairs", str(pairs), "--side", name]
            done = subprocess.run(call, check=True, capture_output=True, text=True, cwd=ROOT)
            runs[name].append(json.loads(done.stdout.splitlines()[-1]))
    return {name: _of(found) for name, found in runs.items()}


def _of(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "samples": runs[0]["samples"],
        "share_of_a": runs[0]["a"] / runs[0]["samples"],
        "cpu_us_a_sample": [round(1e6 * run["cpu_s"] / run["samples"], 1) for run in runs],
        "wall_us_a_sample": [round(1e6 * run["wall_s"] / run["samples"], 1) for run in runs],
        "same_order_each_run": len({run["digest"] for run in runs}) == 1,
    }


def resumed(work: Path, pairs: int) -> dict[str, Any]:
    """What it costs to go on after a stop half way through an epoch, and whether the rest is the same."""
    from itertools import islice

    from burnish.mixing import MixedPairs
    from burnish.mixing.reading import parse

    mixture = parse("[groups.all]\nroles = { alt = 1 }\n", "benchmark")

    def fresh() -> MixedPairs:
        return MixedPairs(mixture, [str(corpus(work / "a", pairs))])

    whole = [sample["text"] for sample in fresh()]
    stream = fresh()
    half = pairs // 2
    taken = [sample["text"] for sample in islice(iter(stream), half)]
    again = fresh()
    again.load_state_dict(stream.state_dict())
    before = time.process_time()
    rest = iter(again)
    following = [next(rest)["text"]]
    skipping = time.process_time() - before
    following += (sample["text"] for sample in rest)
    cost = round(1e6 * skipping / half, 1)
    return {"skipped": half, "cpu_us_a_skipped_sample": cost, "same_rest": taken + following == whole}


# --- shares -----------------------------------------------------------------------------------------------------


def off(size: int, seed: int, *, exact: bool) -> float:
    """Points between 45 % and the share of a role among `size` pairs that have both roles."""
    from burnish.mixing import draws
    from burnish.mixing.draws import Why
    from burnish.mixing.ranks import cuts

    who = np.array([draws.identity(seed, str(number), "") for number in range(size)], np.uint64)
    drawn = draws.draws(who, Why.ROLE)
    cut = cuts(lambda: iter([drawn]), [round(ROLE * size)])[0] if exact else draws.cut_of(ROLE)
    return 100 * abs(float(draws.below(drawn, cut).mean()) - ROLE)


def shares() -> list[dict[str, Any]]:
    """For each size: drawn, median, 95th of 100 and largest distance; exact, the largest; what chance says."""
    rows = []
    for size in SIZES:
        points = sorted(off(size, seed, exact=False) for seed in range(SEEDS))
        rows.append(
            {
                "pairs": size,
                "seeds": SEEDS,
                "median": round(statistics.median(points), 3),
                "95 of 100": round(points[int(0.95 * SEEDS) - 1], 3),
                "largest": round(points[-1], 3),
                "within a point": sum(point < 1 for point in points) / SEEDS,
                "95 of 100 by chance": round(196 * math.sqrt(ROLE * (1 - ROLE) / size), 3),
                "exact, largest": round(max(off(size, seed, exact=True) for seed in range(EXACT_SEEDS)), 4),
            }
        )
    return rows


def page(found: dict[str, Any]) -> str:
    """The figures as Markdown."""
    asked = f"{SHARES[0]:.0%} : {SHARES[1]:.0%} asked, {found['rounds']} runs a side in turn (median; all in the JSON)"
    again = found["resumed"]
    rest = "the same" if again["same_rest"] else "NOT the same"
    skipped = f"{again['skipped']:,} samples passed over at {again['cpu_us_a_skipped_sample']:g} us each"
    facts = ", ".join(f"{key} {value}" for key, value in found["machine"].items())
    lines = [
        "# Mixing",
        "",
        "Written by `python -m benchmarks.mixing --work DIR`; see there for what is measured and how.",
        "",
        f"Two sources of {found['pairs']:,} pairs each, {asked}.",
        "",
        "| | samples | share of the first | CPU a sample, us | same order each run |",
        "|---|---:|---:|---:|---|",
        *(_side_row(name, side) for name, side in found["sides"].items()),
        "",
        "burnish reads every pair of both sources and leaves out what is not drawn, so its CPU a sample pays for",
        f"{2 * found['pairs']:,} pairs; the others end when a source ends.",
        "",
        f"Going on after a stop: {skipped}, the rest {rest} as without the stop.",
        "",
        f"A role that should have {ROLE:.0%}: points off among n pairs, {SEEDS} seeds (exact counts: {EXACT_SEEDS}).",
        "",
        "| n | drawn: median | 95 of 100 | largest | seeds within 1 point | 95 of 100 by chance | exact: largest |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        *map(_share_row, found["shares"]),
        "",
        *(mixing_memory.page(found["memory"]) if "memory" in found else ()),
        "",
        f"Measured on: {facts}.",
    ]
    return "\n".join(lines) + "\n"


def _side_row(name: str, side: dict[str, Any]) -> str:
    cpu = statistics.median(side["cpu_us_a_sample"])
    same = "yes" if side["same_order_each_run"] else "no"
    return f"| {name} | {side['samples']:,} | {side['share_of_a']:.2%} | {cpu:g} | {same} |"


def _share_row(row: dict[str, Any]) -> str:
    drawn = f"{row['median']} | {row['95 of 100']} | {row['largest']} | {row['within a point']:.1%}"
    return f"| {row['pairs']:,} | {drawn} | {row['95 of 100 by chance']} | {row['exact, largest']} |"


def _sides(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "pairs": options.pairs,
        "rounds": options.rounds,
        "machine": machine(("webdataset", "datasets", "numpy")),
        "sides": sides(options.work, options.pairs, options.rounds),
    }


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "sides": _sides,
    "resumed": lambda options: {"resumed": resumed(options.work, options.pairs)},
    "shares": lambda _: {"shares": shares()},
    "memory": lambda options: {"memory": mixing_memory.measured(options.work, options.sizes)},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "burnish-mixing")
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=sorted(SIDES))
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="of the part memory")
    options = parser.parse_args()
    if options.side:
        print(json.dumps(run_side(options.side, options.work, options.pairs)))
        return
    path = FIGURES / "mixing.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for part in options.parts.split(","):
        found |= PARTS[part](options)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    FIGURES.joinpath("mixing.md").write_text(page(found), encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    main()
