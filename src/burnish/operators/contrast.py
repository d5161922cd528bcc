"""How far a picture's darkest and lightest parts are apart: the middle nine tenths of its lightness."""

from __future__ import annotations

import numpy as np

from burnish.operators import Operator
from burnish.operators._grey import grey
from burnish.values import Picture

_TAILS = (0.05, 0.95)
_WHITE = 255_000


def contrast(picture: Picture, _text: str) -> float:
    """0 to 1."""
    dark, light = np.quantile(grey(picture), _TAILS)
    return float(light - dark) / _WHITE


OPERATOR = Operator(name="contrast", measure=contrast, none="one grey", full="from black to white")
