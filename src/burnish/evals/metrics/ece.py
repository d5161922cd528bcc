"""Expected calibration error: how far what a judge says is from how often it is so.

The value, from the lowest to the highest of the scale, is taken for the probability that a text is good; ten equal
bins; good and bad texts weigh the same together, however many there are. 0 is perfect; a judge that always says the
middle has 0 too, which is why AUC stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from burnish.criteria import SCALE
from burnish.evals.figures import Floats, Reading
from burnish.evals.matching import BINS
from burnish.evals.metrics import compared, reading
from burnish.evals.trials import Outcome


def ece(outcome: Outcome) -> Iterator[Reading]:
    """One reading of all items together."""
    cases = [
        (at, ((value - SCALE[0]) / (SCALE[-1] - SCALE[0]), float(outcome.items[at].good)))
        for at in compared(outcome, "")
        if (value := outcome.answers[at].value) is not None
    ]
    yield reading(outcome, "", cases, calibration_error)


def calibration_error(cases: Floats) -> float:
    """Of (probability, whether it was so) rows; NaN if all were or none was so."""
    said, true = cases[:, 0], cases[:, 1] > 0
    if true.all() or not true.any():
        return float("nan")
    weights = np.where(true, 0.5 / true.sum(), 0.5 / (~true).sum())
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    gaps = np.bincount(place, weights * (said - true), minlength=BINS)
    return float(np.abs(gaps).sum())


METRIC = ece
