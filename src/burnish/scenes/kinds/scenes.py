"""Composed clip art, one pair a scene."""

from __future__ import annotations

from collections.abc import Iterator

from burnish.scenes import compose, draw, writing
from burnish.scenes.kinds._base import Member


def scenes(seed: int, number: int, noise: float, key: str) -> Iterator[Member]:
    """One scene with its alt text."""
    made = compose.scene(seed, number, noise)
    image = draw.png(made)
    yield Member(image=image, text=made.alt.text, noise=made.alt.kind, fields=writing.fields(made, key, image))


KIND = scenes
