"""What decoding one image for a model costs, in microseconds of wall and CPU time.

    python -m benchmarks.decoding [--images 300] [--rounds 7] [--side 224]

Generated JPEGs, some like photographs, some like clip art (seeded); each round measures every way once, in turn, and
the medians over rounds are given. CPU time is the steadier figure: wall time needs two idle cores. Writes
docs/figures/decoding.json. The ways:

- ``simplejpeg full``: decode to RGB at full size, nothing else: the floor of any path that keeps all pixels
- ``pillow``: open, decode, convert, bilinear resize to the model's size, as most scripts do
- ``decode``: ours, in this process: checks, scaled decode, reduction, orientation, flags
- ``child``: ours in the bounded child process, batches of 32 one after the other
- ``child ahead``: the same, with the next batch decoding while this process works as long as ``decode`` takes
- ``work alone``: that same work without any decoding: the difference to ``child ahead`` is what decoding costs then
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import PIL
import simplejpeg
from PIL import Image, ImageDraw

from burnish.images import Decoder, Limits, decode

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures" / "decoding.json"
BATCH = 32
SIZES = ((384, 300), (300, 384), (512, 512), (640, 480), (1024, 768))
Job = Callable[[Sequence[bytes], int], None]


def photo(width: int, height: int, rng: np.random.Generator) -> Image.Image:
    fields = rng.normal(128, 50, (height // 16 + 2, width // 16 + 2, 3)).clip(0, 255).astype(np.uint8)
    smooth = np.asarray(Image.fromarray(fields).resize((width, height), Image.Resampling.BICUBIC)).astype(np.float32)
    return Image.fromarray((smooth + rng.normal(0, 4, smooth.shape)).clip(0, 255).astype(np.uint8))


def clip_art(width: int, height: int, rng: np.random.Generator) -> Image.Image:
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y, r = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(10, width // 4))
        red, green, blue = (int(value) for value in rng.integers(0, 256, 3))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(red, green, blue), outline="black", width=2)
    return image


def corpus(kind: str, count: int, seed: int) -> list[bytes]:
    rng = np.random.default_rng(seed)
    made = []
    for index in range(count):
        image = (photo if kind == "photo" else clip_art)(*SIZES[index % len(SIZES)], rng)
        file = io.BytesIO()
        image.save(file, "JPEG", quality=90)
        made.append(file.getvalue())
    return made


def simplejpeg_full(images: Sequence[bytes], side_px: int) -> None:
    del side_px
    for data in images:
        simplejpeg.decode_jpeg(data)


def pillow(images: Sequence[bytes], side_px: int) -> None:
    for data in images:
        image = Image.open(io.BytesIO(data)).convert("RGB")
        scale = side_px / max(image.size)
        size = round(image.width * scale), round(image.height * scale)
        np.asarray(image.resize(size, Image.Resampling.BILINEAR))


def in_process(images: Sequence[bytes], side_px: int) -> None:
    for data in images:
        decode(data, side_px)


class Child:
    """The decoder, kept from round to round, and a parent that works for as long as it is told."""

    def __init__(self, side_px: int) -> None:
        self.decoder = Decoder(Limits(), side_px)
        self.work_s = 0.0

    def one_after_the_other(self, images: Sequence[bytes], side_px: int) -> None:
        """Wait for each batch."""
        del side_px
        for start in range(0, len(images), BATCH):
            self.decoder.decode_batch(images[start : start + BATCH])

    def ahead(self, images: Sequence[bytes], side_px: int) -> None:
        """Work on one batch while the next decodes."""
        del side_px
        self.decoder.submit(images[:BATCH])
        for start in range(BATCH, len(images) + BATCH, BATCH):
            self.decoder.collect()
            self.decoder.submit(images[start : start + BATCH])
            self._work(len(images[start - BATCH : start]))

    def work_alone(self, images: Sequence[bytes], side_px: int) -> None:
        """Only the work."""
        del side_px
        self._work(len(images))

    def _work(self, images: int) -> None:
        """A model's stand-in: hashing on the CPU, outside the interpreter's lock, `work_s` per image."""
        block, stop = bytes(50_000), time.process_time() + images * self.work_s
        while time.process_time() < stop:
            hashlib.sha256(block)


def cpu_s() -> float:
    """CPU seconds of this process and its living children."""
    used = time.process_time()
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def measure(images: Sequence[bytes], side_px: int, rounds: int) -> dict[str, dict[str, float]]:
    child = Child(side_px)
    jobs: dict[str, Job] = {
        "simplejpeg full": simplejpeg_full,
        "pillow": pillow,
        "decode": in_process,
        "child": child.one_after_the_other,
        "child ahead": child.ahead,
        "work alone": child.work_alone,
    }
    start = time.process_time()
    in_process(images, side_px)
    child.work_s = (time.process_time() - start) / len(images)
    child.one_after_the_other(images, side_px)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            wall, cpu = time.perf_counter(), cpu_s()
            job(images, side_px)
            times[name].append((time.perf_counter() - wall, cpu_s() - cpu))
    child.decoder.close()
    scale = 1e6 / len(images)
    return {
        name: {
            "wall_us": round(statistics.median(t[0] for t in taken) * scale, 1),
            "wall_us_min": round(min(t[0] for t in taken) * scale, 1),
            "cpu_us": round(statistics.median(t[1] for t in taken) * scale, 1),
        }
        for name, taken in times.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=300, help="of each kind")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--side", type=int, default=224, help="long side of the result in pixels")
    parser.add_argument("--out", type=Path, default=FIGURES)
    options = parser.parse_args()
    results = {}
    for kind in ("photo", "clip art"):
        images = corpus(kind, options.images, seed=1)
        results[kind] = measure(images, options.side, options.rounds)
        mean_kb = sum(map(len, images)) / len(images) / 1000
        print(f"\n{kind}: {len(images)} JPEGs, {mean_kb:.0f} KB on average, to {options.side} px, us per image")
        print(f"{'':18}{'wall':>9}{'best':>9}{'cpu':>9}")
        for name, row in results[kind].items():
            print(f"{name:18}{row['wall_us']:9.0f}{row['wall_us_min']:9.0f}{row['cpu_us']:9.0f}")
    figures = {
        "command": (
            f"python -m benchmarks.decoding --images {options.images} --rounds {options.rounds} --side {options.side}"
        ),
        "n": options.images,
        "rounds": options.rounds,
        "seed": 1,
        "side_px": options.side,
        "sizes_px": SIZES,
        "versions": {
            "python": platform.python_version(),
            "pillow": PIL.__version__,
            "simplejpeg": simplejpeg.__version__,
        },
        "cpus": os.cpu_count(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "results": results,
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
