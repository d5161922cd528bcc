"""Small sources with known duplicates."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

TEXTS = (
    "There are two dogs in the park near the old river.",
    "There are three dogs in the park near the old river.",
    "Two dogs are playing in a park.",
    "A small boat.",
    "A large house on a hill.",
    "a  SMALL boat.",
)
"""Of the pairs of a source: the first three show one picture in three encodings, the fourth and the last one file."""


def write(folder: Path, *, seed: int = 0, per_shard: int = 3) -> Path:
    """Pairs with the texts of `TEXTS` in shards; the pictures follow from `seed`."""
    folder.mkdir(parents=True)
    for first in range(0, len(TEXTS), per_shard):
        with tarfile.open(folder / f"{first // per_shard:05d}.tar", "w") as tar:
            for number in range(first, first + per_shard):
                for ending, data in ((_ending(number), _picture(number, seed)), ("txt", TEXTS[number].encode())):
                    info = tarfile.TarInfo(f"{number:09d}.{ending}")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))
    return folder


def _ending(number: int) -> str:
    return "png" if number == 1 else "jpg"


def _picture(number: int, seed: int) -> bytes:
    shown = {1: 0, 2: 0, 5: 3}.get(number, number)
    coarse = np.random.default_rng(seed + shown).integers(0, 256, (5, 5, 3), np.uint8)
    image = Image.fromarray(coarse).resize((160, 120), Image.Resampling.BICUBIC)
    sink = io.BytesIO()
    if number == 1:
        image.save(sink, "PNG")
    elif number == 2:
        image.resize((80, 60), Image.Resampling.BICUBIC).save(sink, "JPEG", quality=60)
    else:
        image.save(sink, "JPEG", quality=92)
    return sink.getvalue()
