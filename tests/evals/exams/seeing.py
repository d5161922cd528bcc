"""An encoder whose vectors are set: by the first pixel of a picture, and by the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from burnish.evals.encoders import Vectors, unit
from burnish.values import Picture


class Set:
    """`see` and `read` give the vector of one picture and of one text."""

    identity, side_px = "set", 256

    def __init__(self, see: Callable[[Picture], object], read: Callable[[str], object]) -> None:
        self._see, self._read = see, read

    def see(self, pictures: Sequence[Picture]) -> Vectors:
        return unit(np.array([self._see(each) for each in pictures], np.float32))

    def read(self, texts: Sequence[str]) -> Vectors:
        return unit(np.array([self._read(each) for each in texts], np.float32))
