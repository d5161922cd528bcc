"""Hazard 62: memory that creeps. What a run holds does not grow with the number of pairs.

The short run's bound is looser than the long one's (F12), in which each hundredth image is a bomb.
"""

import io
import json
import resource
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from tests.zoo.images import png_bomb

SHARDS, PAIRS = 4, 600
MAX_GROWTH = 1.05
LONG_SHARDS, LONG_PAIRS, BOMB_EVERY = 20, 1_000, 100
LONG_GROWTH, LONG_BYTES = 1.02, 1.5e9

RUN = """
import json, sys
from burnish import plan
from burnish.engines import local

from pathlib import Path

rss = []

def below(process):
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from below(child)

def pages(process):
    return int(Path(f"/proc/{process}/statm").read_text().split()[1])

def tick(counts):
    rss.append((counts.total, pages("self"), sum(map(pages, below("self")))))

made = plan.build({"source": sys.argv[1], "output": sys.argv[2], "backend": "fake", "workers": 1})
done = local.run(made, on_progress=tick)
print(json.dumps({"total": done.counts.total, "quarantined": done.counts.quarantined, "rss": rss}))
"""


def bombs() -> list[bytes]:
    """Palettes of 169 and 200 million pixels in some KB, and one whose header lies. Endless scans, which cost time and
    no memory, are in hazard 21.
    """
    lying = png_bomb(40, 40).replace(b"\0\0\0\x28", b"\x7f\xff\xff\xff")
    return [png_bomb(13_000, 13_000), lying, png_bomb(200_000, 1_000)]


def repeat_sample(folder: Path, shards: int = SHARDS, each: int = PAIRS, bombs: Sequence[bytes] = ()) -> None:
    """Shards of `each` pairs: the sample again and again under new keys, every hundredth image one of `bombs`."""
    with tarfile.open(fileobj=io.BytesIO((files("burnish.sample") / "00000.tar").read_bytes())) as sample:
        pictures = [sample.extractfile(m).read() for m in sample.getmembers() if m.name.endswith(".jpg")]
    for shard in range(shards):
        with tarfile.open(folder / f"{shard:05d}.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
            for index in range(each):
                key = f"{shard:05d}{index:04d}"
                bomb = bombs and index % BOMB_EVERY == BOMB_EVERY - 1
                image = bombs[index // BOMB_EVERY % len(bombs)] if bomb else pictures[index % len(pictures)]
                add(tar, f"{key}.jpg", image)
                add(tar, f"{key}.txt", f"picture number {index} of shard {shard}".encode())


def add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux to read its own memory use")
def test_memory_is_flat(tmp_path):
    (tmp_path / "in").mkdir()
    repeat_sample(tmp_path / "in")
    found = measured(tmp_path)
    assert found["total"] == SHARDS * PAIRS
    early = max(pages for total, pages, _ in found["rss"] if total <= SHARDS * PAIRS / 2)
    late = max(pages for total, pages, _ in found["rss"])
    assert late <= early * MAX_GROWTH


def measured(folder: Path) -> dict:
    """The run's count, and pages of memory of itself and of its children after each shard and batch."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder / "in"), str(folder / "out")],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


@pytest.mark.full("F12")
@pytest.mark.timeout(2400)
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux to read its own memory use")
def test_bombs_among_many_pairs_leave_memory_flat(tmp_path, record_property):
    (tmp_path / "in").mkdir()
    repeat_sample(tmp_path / "in", LONG_SHARDS, LONG_PAIRS, bombs())
    found = measured(tmp_path)
    total, page = LONG_SHARDS * LONG_PAIRS, resource.getpagesize()
    assert found["total"] == total
    assert found["quarantined"] == total / BOMB_EVERY
    early = max(pages for done, pages, _ in found["rss"] if done <= total / 4)
    late = max(pages for _, pages, _ in found["rss"])
    peak = max(own + others for _, own, others in found["rss"]) * page
    record_property("pairs", total)
    record_property("bombs, all refused", found["quarantined"])
    record_property("peak of all processes, MB", round(peak / 1e6))
    record_property("growth", f"{late / early - 1:+.1%}")
    assert peak <= LONG_BYTES
    assert late <= early * LONG_GROWTH
