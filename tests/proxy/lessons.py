"""A set that any proxy can learn: pictures of one colour on another, with the words for both."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from burnish.proxy import Epoch

COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 170, 60),
    "blue": (40, 70, 220),
    "yellow": (240, 220, 30),
    "purple": (150, 40, 170),
    "black": (15, 15, 15),
    "orange": (245, 140, 20),
    "grey": (140, 140, 140),
}
SIDE_PX = 96


@dataclass(frozen=True, slots=True)
class Toy:
    """Pictures and the text of each."""

    pictures: tuple[npt.NDArray[np.uint8], ...]
    texts: tuple[str, ...]

    def epochs(self) -> tuple[Epoch, ...]:
        return (Epoch(pictures=np.arange(len(self.texts), dtype=np.int64), texts=self.texts),)


def toy(count: int, seed: int) -> Toy:
    """`count` pictures, each of two colours that differ from all its neighbours in place and size."""
    lots = random.Random(seed)
    pictures, texts = [], []
    for _ in range(count):
        one, other = lots.sample(list(COLOURS), 2)
        rgb = np.full((SIDE_PX, SIDE_PX, 3), 255, np.uint8)
        rgb[16:-16, 16:-16] = COLOURS[other]
        side, x, y = lots.randint(18, 30), lots.randint(20, 44), lots.randint(20, 44)
        rgb[y : y + side, x : x + side] = COLOURS[one]
        pictures.append(rgb)
        texts.append(f"a {one} square on {other}")
    return Toy(tuple(pictures), tuple(texts))
