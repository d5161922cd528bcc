"""How sharp a picture is: of its steepest changes of lightness, how much happens between one pixel and the next.

The steepest hundredth of the steps from pixel to pixel, against the steepest hundredth over four pixels: about 1 for an
edge that is one pixel wide, about 1/4 for one that is blurred over many. What is drawn with no edge at all has none.
"""

from __future__ import annotations

import numpy as np

from burnish.operators import Operator
from burnish.operators._grey import Grey, grey
from burnish.values import Picture

WIDE_PX = 4
STEEPEST = 0.99
_FLAT = 4_000
"""Steps over four pixels below this (4 of 255) are no edges."""


def sharpness(picture: Picture, _text: str) -> float:
    """0 to 1."""
    light = grey(picture)
    wide = _steepest(light, WIDE_PX)
    if wide < _FLAT:
        return 0.0
    return min(1.0, max(0.0, (_steepest(light, 1) / wide - 1 / WIDE_PX) / (1 - 1 / WIDE_PX)))


def _steepest(light: Grey, apart: int) -> float:
    steps = [np.abs(light[apart:] - light[:-apart]).ravel(), np.abs(light[:, apart:] - light[:, :-apart]).ravel()]
    both = np.concatenate(steps)
    return float(np.quantile(both, STEEPEST)) if len(both) else 0.0


OPERATOR = Operator(name="sharpness", measure=sharpness, none="blurred or empty", full="edges one pixel wide")
