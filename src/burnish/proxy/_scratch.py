"""How a picture and a text look to proxies that know nothing beforehand, and the small convolutional eye they share."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from burnish.proxy import Floats, Rows

SIDE_PX = 64
MAX_WORDS = 24
BUCKETS = 2_048
"""Numbers that words are hashed to, 0 being nothing: so all models are of one size, whatever an arm says."""
GREY = 127.5
_WORD = re.compile(r"\w+|[^\w\s]")


def look(pictures: Iterable[npt.NDArray[np.uint8]]) -> Floats:
    """Each RGB picture, its longer side made `SIDE_PX`, in the middle of a grey square: (n, 3 * 64 * 64), -1 to 1."""
    return np.stack([_squared(rgb).ravel() for rgb in pictures])


def _squared(rgb: npt.NDArray[np.uint8]) -> Floats:
    square = np.zeros((3, SIDE_PX, SIDE_PX), np.float32)
    scale = SIDE_PX / max(rgb.shape)
    height, width = (max(1, round(side * scale)) for side in rgb.shape[:2])
    if scale != 1:
        rgb = np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.BOX))
    top, left = (SIDE_PX - height) // 2, (SIDE_PX - width) // 2
    square[:, top : top + height, left : left + width] = (rgb.transpose(2, 0, 1) - GREY) / GREY
    return square


def words(texts: Sequence[str]) -> Rows:
    """The first `MAX_WORDS` words and marks of each text as numbers from 1, 0 behind the end: (n, `MAX_WORDS`)."""
    found = np.zeros((len(texts), MAX_WORDS), np.int64)
    for row, text in enumerate(texts):
        numbers = [1 + zlib.crc32(word.encode()) % (BUCKETS - 1) for word in _WORD.findall(text.casefold())[:MAX_WORDS]]
        found[row, : len(numbers)] = numbers
    return found


def trimmed(numbers: Any) -> Any:
    """Without the columns behind the longest text; one is left."""
    return numbers[:, : max(1, int((numbers > 0).sum(dim=1).max()))]


def eye(torch: Any, width: int) -> Any:
    """From flat pictures (n, 3 * 64 * 64) to (n, `width`): patches of 4, then three convolutions; 2.8 M products."""
    nn = torch.nn

    def step(into: int, out: int, stride: int) -> list[Any]:
        return [nn.Conv2d(into, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU()]

    return nn.Sequential(
        nn.Unflatten(1, (3, SIDE_PX, SIDE_PX)),
        nn.Conv2d(3, 32, 4, 4),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        *step(32, 64, 2),
        *step(64, 96, 2),
        nn.Flatten(),
        nn.Linear(96 * 16, width),
    )
