"""Intervals of shares, without libraries: for estimates, evaluations and reviews alike."""

from __future__ import annotations

import math

Z_95 = 1.959964
"""Quantile of the normal distribution for a two-sided 95 % interval."""


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927), within 0..1; (0, 1) for nothing seen."""
    if not n:
        return 0.0, 1.0
    share, z2 = hits / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)
