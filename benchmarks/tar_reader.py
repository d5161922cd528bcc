"""P1: reading every member of a shard with all checks, beside `tarfile` and `webdataset`.

    python benchmarks/tar_reader.py [--pairs 3000] [--rounds 7]

One process, one core, the shard in the page cache, readers interleaved, median of the rounds. What each does:
burnish checks every header, groups members by key and reads all payloads; `tarfile` gives members and their bytes;
`webdataset` gives samples as dicts of bytes (no decoding). "burnish, pairs" goes on to what the peers do not do: it
chooses the image by its first bytes, parses the json strictly and makes a typed `Pair`. The images are random bytes
behind a JPEG's first three, mean 20 kB, as in img2dataset shards of 384 px.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import random
import statistics
import tarfile
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from burnish.stores._tar.group import Group, group
from burnish.stores._tar.scan import scan
from burnish.stores._tar.source import Source
from burnish.stores.webdataset import WebDatasetStore
from burnish.values import Pair

FIGURES = Path(__file__).parents[1] / "docs" / "figures"


def make_shard(path: Path, pairs: int, seed: int = 0) -> None:
    """An img2dataset shard: jpg, json (its 11 fields), txt."""
    rng = random.Random(seed)
    with tarfile.open(path, "w") as tar:
        for at in range(pairs):
            key = f"{at:09d}"
            text = " ".join(rng.choices(["red", "chair", "photo", "of", "a", "river", "buy", "print"], k=9))
            fields = {
                "caption": text, "url": f"https://example.org/{rng.randrange(10**9)}.jpg", "key": key,
                "status": "success", "error_message": None, "width": 384, "height": 256, "original_width": 1024,
                "original_height": 683, "exif": "{}", "sha256": f"{rng.getrandbits(256):064x}",
            }  # fmt: skip
            image = b"\xff\xd8\xff" + rng.randbytes(max(2_000, int(rng.gauss(20_000, 8_000))))
            for suffix, payload in (
                ("jpg", image),
                ("json", json.dumps(fields, indent=4).encode()),
                ("txt", text.encode()),
            ):
                info = tarfile.TarInfo(f"{key}.{suffix}")
                info.size = len(payload)
                tar.addfile(info, io.BytesIO(payload))


def group_burnish(path: Path) -> int:
    """Every header checked, members grouped, every payload in memory."""
    fd = os.open(path, os.O_RDONLY)
    try:
        source = Source(fd, path.stat().st_size, path.name)
        found = (entry for entry in group(source) if isinstance(entry, Group))
        return sum(all(part.body is not None for part in entry.parts) for entry in found)
    finally:
        os.close(fd)


def read_burnish(path: Path) -> int:
    """What the flow gets."""
    store = WebDatasetStore(str(path))
    (shard,) = store.shards()
    return sum(len(item.image) > 0 for item in store.read(shard) if isinstance(item, Pair))


def scan_burnish(path: Path) -> int:
    """Headers only: what the scanner alone costs."""
    fd = os.open(path, os.O_RDONLY)
    try:
        return sum(1 for _ in scan(Source(fd, path.stat().st_size, path.name))) // 3
    finally:
        os.close(fd)


def read_tarfile(path: Path) -> int:
    samples: dict[str, int] = {}
    with tarfile.open(path) as tar:
        for info in tar:
            member = tar.extractfile(info)
            samples[info.name.partition(".")[0]] = len(member.read()) if member else 0
    return len(samples)


def read_webdataset(path: Path) -> int:
    import webdataset

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sum(1 for _ in webdataset.WebDataset(str(path), shardshuffle=False, empty_check=False))


READERS: dict[str, Callable[[Path], int]] = {
    "burnish": group_burnish,
    "burnish, pairs": read_burnish,
    "burnish, headers only": scan_burnish,
    "tarfile": read_tarfile,
    "webdataset": read_webdataset,
}


def measure(pairs: int, rounds: int) -> dict[str, list[float]]:
    """Microseconds a pair, per reader and round; one round before does not count."""
    taken: dict[str, list[float]] = {name: [] for name in READERS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "00000.tar"
        make_shard(path, pairs)
        for turn in range(rounds + 1):
            for name, reader in READERS.items():
                start = time.process_time()
                count = reader(path)
                spent = time.process_time() - start
                assert count == pairs, (name, count)
                if turn:
                    taken[name].append(spent / pairs * 1e6)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pairs", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-save", action="store_true")
    chosen = parser.parse_args()
    taken = measure(chosen.pairs, chosen.rounds)
    medians = {name: statistics.median(values) for name, values in taken.items()}
    ratios = {
        peer: statistics.median(p / o for p, o in zip(taken[peer], taken["burnish"], strict=True))
        for peer in ("tarfile", "webdataset")
    }
    print(f"{chosen.pairs:,} pairs, {chosen.rounds} rounds, CPU time of one process, seed 0")
    for name, values in taken.items():
        print(f"  {name:24} {medians[name]:7.1f} us/pair   ({min(values):.1f} to {max(values):.1f})")
    for peer, ratio in ratios.items():
        print(f"  {peer} / burnish: {ratio:.1f}x")
    if not chosen.no_save:
        figures = {
            "command": f"python benchmarks/tar_reader.py --pairs {chosen.pairs} --rounds {chosen.rounds}",
            "python": platform.python_version(),
            "webdataset": version("webdataset"),
            "pairs": chosen.pairs,
            "seed": 0,
            "unit": "CPU microseconds a pair",
            "rounds": {name: [round(v, 1) for v in values] for name, values in taken.items()},
            "medians": {name: round(v, 1) for name, v in medians.items()},
            "ratios": {peer: round(v, 1) for peer, v in ratios.items()},
        }
        FIGURES.mkdir(parents=True, exist_ok=True)
        (FIGURES / "tar_reader.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
