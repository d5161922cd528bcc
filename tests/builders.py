"""Small real values for tests: images made with Pillow, pairs and records around them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from burnish.values import Caption, Origin, Pair, Picture, Record


def jpeg(seed: int = 0, size: tuple[int, int] = (48, 32)) -> bytes:
    """A small JPEG whose pixels depend on `seed`."""
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1] // 8, size[0] // 8, 3), np.uint8)
    sink = io.BytesIO()
    Image.fromarray(pixels).resize(size).save(sink, "JPEG", quality=90)
    return sink.getvalue()


def pair(ordinal: int = 0, text: str = "A red apple.", image: bytes | None = None, **more: object) -> Pair:
    return Pair(
        origin=Origin(source="test", shard="00000.tar", ordinal=ordinal),
        key=f"{ordinal:09d}",
        image=jpeg(ordinal) if image is None else image,
        image_name=f"{ordinal:09d}.jpg",
        text=text,
        **more,  # type: ignore[arg-type]
    )


def picture() -> Picture:
    return Picture(rgb=np.full((32, 48, 3), 128, np.uint8), width=48, height=32, format="JPEG", mode="RGB")


def record(text: str = "A red apple.", ordinal: int = 0, **more: object) -> Record:
    return Record(
        pair=pair(ordinal, text),
        picture=picture(),
        view=text,
        captions=(Caption(text=text, role="alt", maker="source"),),
        **more,  # type: ignore[arg-type]
    )
