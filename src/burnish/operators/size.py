"""How large a picture is: its shorter side, by doublings from 64 to 1,024 pixels, as it is in the file."""

from __future__ import annotations

import math

from burnish.operators import Operator
from burnish.values import Picture

SMALL_PX, LARGE_PX = 64, 1_024


def size(picture: Picture, _text: str) -> float:
    """0 to 1."""
    side = max(1, min(picture.width, picture.height))
    return min(1.0, max(0.0, math.log2(side / SMALL_PX) / math.log2(LARGE_PX / SMALL_PX)))


OPERATOR = Operator(name="size", measure=size, none="64 pixels or less", full="1,024 pixels or more")
