"""Histograms as paths of SVG and as blocks for a terminal. Numbers in, digits out: nothing of strangers' comes here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from burnish.report.measures import BINS, HIGHEST, LOWEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEIGHT = 320, 96
"""Of a drawing, in its own units."""
_SHOWN = 40
_BLOCKS = " ▁▂▃▄▅▆▇█"
_COLUMNS = 20


def x_of(value: float) -> float:
    """Where a score stands in a drawing."""
    return round((value - LOWEST) / (HIGHEST - LOWEST) * WIDTH, 2)


def overlaid(before: NDArray[np.int64], after: NDArray[np.int64]) -> dict[str, dict[str, str]]:
    """Both as paths in one scale, linear and logarithmic: `before` as an outline, `after` as bars."""
    first, second = _grouped(before, _SHOWN), _grouped(after, _SHOWN)
    top = max(1, int(first.max()), int(second.max()))
    found = {}
    for name, scale in (("lin", lambda n: n / top), ("log", lambda n: math.log1p(n) / math.log1p(top))):
        heights = [[HEIGHT * scale(int(n)) for n in each] for each in (first, second)]
        found[name] = {"before": _outline(heights[0]), "after": _bars(heights[1])}
    return found


def blocks(bins: NDArray[np.int64]) -> str:
    """One line of a terminal; what is not empty shows."""
    counts = _grouped(bins, _COLUMNS)
    top = max(1, int(counts.max()))
    return "".join(_BLOCKS[0 if not n else max(1, round(int(n) / top * 8))] for n in counts)


def bars(values: list[float]) -> str:
    """Values from 0 to 1 as one path of bars over the whole width."""
    return _bars([value * HEIGHT for value in values])


def _grouped(bins: NDArray[np.int64], shown: int) -> NDArray[np.int64]:
    whole = bins[:BINS].copy()
    whole[-1] += bins[BINS:].sum()
    return np.asarray(whole.reshape(shown, BINS // shown).sum(axis=1), np.int64)


def _bars(heights: list[float]) -> str:
    wide = WIDTH / len(heights)
    return "".join(
        f"M{at * wide + 0.5:.1f} {HEIGHT}v{-max(height, 0.8):.1f}h{wide - 1:.1f}V{HEIGHT}z"
        for at, height in enumerate(heights)
        if height
    )


def _outline(heights: list[float]) -> str:
    wide = WIDTH / len(heights)
    steps = "".join(f"L{at * wide:.1f} {HEIGHT - h:.1f}H{(at + 1) * wide:.1f}" for at, h in enumerate(heights))
    return f"M0 {HEIGHT}{steps}V{HEIGHT}"
