"""A picture's lightness."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from burnish.values import Picture

_WEIGHTS = np.array([299, 587, 114], np.int64)
"""Of red, green and blue in thousandths (ITU-R BT.601)."""

Grey = npt.NDArray[np.int64]


def grey(picture: Picture) -> Grey:
    """(height, width), 0 to 255,000: whole numbers, so that sums do not depend on the machine."""
    return np.asarray(picture.rgb.astype(np.int64) @ _WEIGHTS)
