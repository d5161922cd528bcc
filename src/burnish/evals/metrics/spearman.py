"""Rank correlation (Spearman) of the answers with the truth, where it is known by degrees; ties share their ranks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from burnish.evals.figures import Floats, Reading
from burnish.evals.metrics import reading
from burnish.evals.trials import Outcome

MIN_CASES = 3


def spearman(outcome: Outcome) -> Iterator[Reading]:
    """One reading, of the items whose truth for the criterion is known; none if there are none."""
    cases = [
        (at, (answer.value, item.truth[outcome.criterion]))
        for at, (item, answer) in enumerate(zip(outcome.items, outcome.answers, strict=True))
        if outcome.criterion in item.truth and answer.value is not None
    ]
    if any(outcome.criterion in item.truth for item in outcome.items):
        yield reading(outcome, "", cases, correlation)


def correlation(cases: Floats) -> float:
    """Of two columns; NaN where one of them does not vary, or of fewer than `MIN_CASES` rows."""
    if len(cases) < MIN_CASES or np.ptp(cases[:, 0]) == 0 or np.ptp(cases[:, 1]) == 0:
        return float("nan")
    return float(np.corrcoef(_ranks(cases[:, 0]), _ranks(cases[:, 1]))[0, 1])


def _ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[inverse])


METRIC = spearman
