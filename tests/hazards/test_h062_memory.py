"""Hazard 62: memory that creeps. What a run holds does not grow with the number of pairs.

The long measurement (100,000 pairs, under 2 %) is a benchmark; this one is short, so its bound is looser.
"""

import io
import json
import subprocess
import sys
import tarfile
from importlib.resources import files
from pathlib import Path

import pytest

SHARDS, PAIRS = 4, 600
MAX_GROWTH = 1.05

RUN = """
import json, sys
from burnish import plan
from burnish.engines import local

rss = []
def tick(counts):
    with open("/proc/self/statm") as file:
        rss.append((counts.total, int(file.read().split()[1])))

made = plan.build({"source": sys.argv[1], "output": sys.argv[2], "backend": "fake", "workers": 1})
done = local.run(made, on_progress=tick)
print(json.dumps({"total": done.counts.total, "rss": rss}))
"""


def repeat_sample(folder: Path) -> None:
    """Shards of `PAIRS` pairs each: the sample again and again under new keys."""
    with tarfile.open(fileobj=io.BytesIO((files("burnish.sample") / "00000.tar").read_bytes())) as sample:
        pictures = [sample.extractfile(m).read() for m in sample.getmembers() if m.name.endswith(".jpg")]
    for shard in range(SHARDS):
        with tarfile.open(folder / f"{shard:05d}.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
            for index in range(PAIRS):
                key = f"{shard:05d}{index:04d}"
                add(tar, f"{key}.jpg", pictures[index % len(pictures)])
                add(tar, f"{key}.txt", f"picture number {index} of shard {shard}".encode())


def add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux to read its own memory use")
def test_memory_is_flat(tmp_path):
    (tmp_path / "in").mkdir()
    repeat_sample(tmp_path / "in")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path / "in"), str(tmp_path / "out")],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)
    assert found["total"] == SHARDS * PAIRS
    early = max(pages for total, pages in found["rss"] if total <= SHARDS * PAIRS / 2)
    late = max(pages for total, pages in found["rss"])
    assert late <= early * MAX_GROWTH
