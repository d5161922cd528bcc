"""A picture as an image tower of one size takes it, by the rules of CLIP's and SigLIP's processors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from burnish.chat.local.prompting import image_of
from burnish.values import Picture

MAX_SIDE_PX = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """`height` x `width` is what the tower takes. `shortest_px` 0: the picture is brought to that size whatever its
    proportions; else its shorter side to `shortest_px`, and the middle is cut out. `resample` as Pillow numbers it.
    Values are multiplied by `factor`, then less `mean` and over `std` by channel.
    """

    height: int
    width: int
    shortest_px: int
    resample: int
    factor: float
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def __post_init__(self) -> None:
        """Raises `ValueError` for sizes that no tower has, and for a cut larger than what it is cut from."""
        if not (0 < self.height <= MAX_SIDE_PX and 0 < self.width <= MAX_SIDE_PX):
            raise ValueError(f"height and width must be from 1 to {MAX_SIDE_PX}")
        if self.shortest_px and not max(self.height, self.width) <= self.shortest_px <= MAX_SIDE_PX:
            raise ValueError(f"shortest_px must be 0, or from height and width to {MAX_SIDE_PX}")
        if self.resample not in set(Image.Resampling) or 0 in self.std:
            raise ValueError("resample must be one of Pillow's, std not 0")

    def array(self, picture: Picture) -> npt.NDArray[np.float32]:
        """(1, 3, height, width) of `picture`."""
        image = image_of(picture)
        resized = np.asarray(image.resize(self._size(*image.size), Image.Resampling(self.resample)))
        top, left = (resized.shape[0] - self.height) // 2, (resized.shape[1] - self.width) // 2
        cut = resized[top : top + self.height, left : left + self.width]
        scaled = (cut.astype(np.float64) * self.factor).astype(np.float32)
        normal = (scaled - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        return np.ascontiguousarray(normal.transpose(2, 0, 1)[None])

    def _size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height to resize to."""
        if not self.shortest_px:
            return self.width, self.height
        longest = int(self.shortest_px * max(width, height) / min(width, height))
        return (self.shortest_px, longest) if width <= height else (longest, self.shortest_px)
