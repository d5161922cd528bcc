"""Scenes as an ordinary source: WebDataset shards whose json members hold the truth.

Every json has the same keys with non-empty values of the same types, so that loaders which fix a schema from the first
samples can read it; what is nested is one string of JSON.
"""

from __future__ import annotations

import dataclasses
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray
from PIL import Image

from burnish.errors import UsageError
from burnish.scenes import captions, kinds, questions
from burnish.scenes.scene import Scene
from burnish.values import Json

PER_SHARD = 1_000
LICENSE = "public domain (drawings of the Open Clip Art Library)"
FIELD = "scene"
PIXELS = "picture_xxh128"
"""Of a pair's json: the scene as JSON, and the digest of its decoded picture."""


def write(
    folder: Path,
    pairs: int,
    seed: int,
    noise: float,
    tick: Callable[[str], None] = lambda _: None,
    kind: str = kinds.DEFAULT,
) -> list[Path]:
    """`pairs` scenes of `seed` and `kind` as shards in `folder`, which must be new or empty. A shard appears when it is
    whole; `tick` is called after each pair with what was done to its text. Raises `UsageError` for a folder that holds
    something and for a kind that does not exist.
    """
    make = kinds.load(kind)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} exists and is not an empty folder.\nName a new one: scenes are never mixed into other data."
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, first in enumerate(range(0, pairs, PER_SHARD)):
        path = folder / f"{number:05d}.tar"
        part = path.with_suffix(".part")
        with tarfile.open(part, "w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data in _members(make, range(first, min(first + PER_SHARD, pairs)), (seed, noise), tick):
                entry = tarfile.TarInfo(name)  # without clock, owner or host
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
        part.replace(path)
        written.append(path)
    return written


def _members(
    make: kinds.Kind, numbers: range, how: tuple[int, float], tick: Callable[[str], None]
) -> Iterator[tuple[str, bytes]]:
    seed, noise = how
    for number in numbers:
        key = f"{number // PER_SHARD:05d}{number % PER_SHARD:04d}"
        for member in make(seed, number, noise, key):
            name = f"{key}{member.suffix}"
            yield f"{name}.{member.ending}", member.image
            yield f"{name}.json", orjson.dumps(member.fields, option=orjson.OPT_INDENT_2)
            yield f"{name}.txt", member.text.encode()
            tick(member.noise)


def fields(scene: Scene, key: str, image: bytes) -> dict[str, Json]:
    """The json member of a scene's pair; `image` is its file, of which the first frame counts."""
    with Image.open(io.BytesIO(image)) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    return {
        "key": key,
        "caption": scene.alt.text,
        "width": scene.width,
        "height": scene.height,
        "license": LICENSE,
        "noise": scene.alt.kind,
        "caption_repaired": scene.alt.repaired,
        **{f"caption_{name.replace('+', '_plus')}": make(scene) for name, make in captions.FORMATS.items()},
        "questions": _json([dataclasses.asdict(each) for each in questions.questions(scene)]),
        "negatives": _json([dataclasses.asdict(each) for each in questions.negatives(scene)]),
        PIXELS: digest(pixels),
        FIELD: scene.to_json(),
    }


def digest(pixels: NDArray[np.uint8]) -> str:
    """Of a decoded picture (H x W x 3)."""
    return xxhash.xxh3_128_hexdigest(f"{pixels.shape}".encode() + np.ascontiguousarray(pixels).tobytes())


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
