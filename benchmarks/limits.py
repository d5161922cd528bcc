"""The physical limit of the data path: each step alone, one core, in the best way that installs from PyPI.

    python -m benchmarks.limits --work DIR --clipart DIR

Every way is timed over the first shard of the corpus, in turns, median of the rounds, in CPU time of one thread. The
limit is the sum over the steps of the best way. A way counts only if it does what the data path needs, such as
pictures scaled with an antialiasing filter; ways that do less or are timed otherwise stand in brackets.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

SIDE_PX = 224
ROUNDS = 5
SPAN_BYTES = 1 << 20
LESS = "("
"""Names of ways that do less than needed start so."""

Way = Callable[[], object]


def measured(work: Path, corpus: Path) -> dict[str, dict[str, float]]:
    """Microseconds a pair by step and way, measured by another Python that has every way installed."""
    from benchmarks import peer_inputs

    python = peer_inputs.environment(work, "limits")
    source = Path(__file__).resolve().parents[1]
    env = {**os.environ, "PYTHONPATH": f"{source}:{source / 'src'}", "OMP_NUM_THREADS": "1"}
    tar = str(min(corpus.glob("*.tar")))
    code = f"import json;from benchmarks import limits;print(json.dumps(limits.times(limits.Path({tar!r}))))"
    done = subprocess.run([str(python), "-c", code], env=env, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def best(steps: dict[str, dict[str, float]]) -> dict[str, tuple[str, float]]:
    """(way, microseconds a pair) of the best way of each step."""
    full = {step: {w: us for w, us in ways.items() if not w.startswith(LESS)} for step, ways in steps.items()}
    return {step: min(ways.items(), key=lambda item: item[1]) for step, ways in full.items()}


def times(tar: Path) -> dict[str, dict[str, float]]:
    """Microseconds a pair by step and way."""
    members = _members(tar)
    pairs = len(members["jpg"])
    ways = _file_ways(tar) | _picture_ways(members["jpg"]) | _byte_ways(tar, members)
    found: dict[tuple[str, str], list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, (clock, job) in ways.items():
            started = clock()
            job()
            found[way].append((clock() - started) / pairs * 1e6)
    steps: dict[str, dict[str, float]] = {}
    for (step, name), values in found.items():
        steps.setdefault(step, {})[name] = round(statistics.median(values), 1)
    return steps


def _members(tar: Path) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {"jpg": [], "json": [], "txt": []}
    with tarfile.open(tar) as archive:
        for member in archive:
            found[member.name.rpartition(".")[2]].append(archive.extractfile(member).read())  # type: ignore[union-attr]
    return found


def _file_ways(tar: Path) -> dict[tuple[str, str], tuple[Callable[[], float], Way]]:
    cpu, wall = time.thread_time, time.perf_counter
    content = tar.read_bytes()
    return {
        ("read", "read(2), page cache"): (cpu, tar.read_bytes),
        ("tar headers", "name, size and checksum by slices"): (cpu, lambda: _headers(content)),
        ("tar headers", "tarfile"): (cpu, lambda: tarfile.open(fileobj=io.BytesIO(content)).getmembers()),
        ("write", "spans of 1 MB"): (cpu, lambda: _write(content, tar.parent)),
        ("write", "(the same with fsync, wall time)"): (wall, lambda: _write(content, tar.parent, sync=True)),
    }


def _headers(content: bytes) -> int:
    at = found = 0
    while at < len(content):
        head = content[at : at + 512]
        if not head[0]:
            break
        _name = head[: head.index(0)].decode()
        if sum(head) - sum(head[148:156]) + 256 != int(head[148:154], 8):
            raise ValueError(at)
        at += 512 + (int(head[124:135], 8) + 511 & ~511)
        found += 1
    return found


def _write(content: bytes, folder: Path, *, sync: bool = False) -> None:
    with tempfile.TemporaryFile(dir=folder) as file:
        for at in range(0, len(content), SPAN_BYTES):
            file.write(content[at : at + SPAN_BYTES])
        file.flush()
        if sync:
            os.fsync(file.fileno())


def _picture_ways(images: list[bytes]) -> dict[tuple[str, str], tuple[Callable[[], float], Way]]:
    import simplejpeg

    ways = _resizer_ways() | _opencv_ways() | _pillow_ways()
    ways["(simplejpeg, full size only)"] = simplejpeg.decode_jpeg
    return {("decode to 224 px", name): (time.thread_time, _each(way, images)) for name, way in ways.items()}


def _small(width: int, height: int) -> tuple[int, int]:
    scale = SIDE_PX / max(width, height)
    return round(width * scale), round(height * scale)


def _resizer_ways() -> dict[str, Callable[[bytes], Any]]:
    import numpy as np
    import simplejpeg
    from cykooz_resizer import FilterType, ImageData, PixelType, ResizeAlg, ResizeOptions, Resizer
    from PIL import Image

    resizer, options = Resizer(), ResizeOptions(ResizeAlg.convolution(FilterType.bilinear), use_alpha=False)
    scratch = np.empty(4 * 1024 * 1024, np.uint8)

    def copying(data: bytes) -> Any:
        full = simplejpeg.decode_jpeg(data, colorspace="RGBX")
        height, width = full.shape[:2]
        out = ImageData(*_small(width, height), PixelType.U8x4)
        resizer.resize(ImageData(width, height, PixelType.U8x4, full.tobytes()), out, options)
        return out.get_buffer()

    def lent(pixels: Any) -> Any:
        return Image.frombuffer("CMYK", (pixels.shape[1], pixels.shape[0]), pixels, "raw", "CMYK", 0, 1)

    def in_place(data: bytes) -> Any:
        full = simplejpeg.decode_jpeg(data, colorspace="RGBX", buffer=scratch)
        columns, rows = _small(full.shape[1], full.shape[0])
        out = np.empty((rows, columns, 4), np.uint8)
        resizer.resize_pil(lent(full), lent(out), options)
        return out

    return {
        "simplejpeg, cykooz.resizer bilinear": copying,
        "simplejpeg, cykooz.resizer bilinear, no copies": in_place,
    }


def _opencv_ways() -> dict[str, Callable[[bytes], Any]]:
    import cv2
    import simplejpeg

    cv2.setNumThreads(1)

    def resized(data: bytes, how: int) -> Any:
        full = simplejpeg.decode_jpeg(data)
        return cv2.resize(full, _small(full.shape[1], full.shape[0]), interpolation=how)

    return {
        "simplejpeg, OpenCV area": lambda data: resized(data, cv2.INTER_AREA),
        "(simplejpeg, OpenCV linear, no antialiasing)": lambda data: resized(data, cv2.INTER_LINEAR),
    }


def _pillow_ways() -> dict[str, Callable[[bytes], Any]]:
    import numpy as np
    import simplejpeg
    from PIL import Image

    def alone(data: bytes) -> Any:
        image = Image.open(io.BytesIO(data)).convert("RGB")
        return np.asarray(image.resize(_small(*image.size), Image.Resampling.BILINEAR))

    def scaled(data: bytes) -> Any:
        height, width, _, _ = simplejpeg.decode_jpeg_header(data)
        least = {"min_width": SIDE_PX} if width >= height else {"min_height": SIDE_PX}
        image = Image.fromarray(simplejpeg.decode_jpeg(data, **least))
        return np.asarray(image.resize(_small(*image.size), Image.Resampling.BILINEAR))

    return {"simplejpeg n/8, Pillow bilinear": scaled, "Pillow, bilinear": alone}


def _byte_ways(tar: Path, members: dict[str, list[bytes]]) -> dict[tuple[str, str], tuple[Callable[[], float], Way]]:
    import orjson
    import xxhash

    from burnish import texts

    cpu = time.thread_time
    content = tar.read_bytes()
    look = _each(lambda raw: texts.look(texts.decode(raw)), members["txt"])
    return {
        ("hash of the image", "xxh3"): (cpu, _each(xxhash.xxh3_128_hexdigest, members["jpg"])),
        ("hash of the image", "sha256"): (cpu, _each(lambda raw: hashlib.sha256(raw).hexdigest(), members["jpg"])),
        ("look at the text", "burnish"): (cpu, look),
        ("json in and out", "orjson"): (cpu, _each(lambda raw: orjson.dumps(orjson.loads(raw)), members["json"])),
        ("json in and out", "json"): (cpu, _each(lambda raw: json.dumps(json.loads(raw)), members["json"])),
        ("digest of the output", "sha256"): (cpu, lambda: hashlib.sha256(content)),
    }


def _each(job: Callable[[bytes], object], items: Iterable[bytes]) -> Way:
    def run() -> None:
        for item in items:
            job(item)

    return run


def table(steps: dict[str, dict[str, float]]) -> str:
    """The steps as a Markdown table; the best way of each in bold."""
    chosen = best(steps)
    lines = ["| step | way | us a pair |", "|---|---|---|"]
    for step, ways in steps.items():
        for way, us in ways.items():
            mark = "**" if way == chosen[step][0] else ""
            lines.append(f"| {step} | {way} | {mark}{us:.1f}{mark} |")
    lines.append(f"| sum of the best | | **{sum(us for _, us in chosen.values()):.0f}** |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    from benchmarks import corpus

    options = corpus.arguments(str(__doc__)).parse_args()
    folder = corpus.clipart(options.work, options.clipart, corpus.BASE)
    sys.stdout.write(table(measured(options.work, folder)) + "\n")


if __name__ == "__main__":
    main()
