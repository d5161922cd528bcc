"""AUC by corruption: the probability that a good text scores above a spoilt one, ties counting half.

The good texts are those that the spoilt ones were made from. What has no value is left out, and counted elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from burnish.evals.figures import Floats, Reading
from burnish.evals.matching import auc as area
from burnish.evals.metrics import compared, kinds, reading
from burnish.evals.trials import Answer, Outcome


def auc(outcome: Outcome) -> Iterator[Reading]:
    """One reading of everything bad together, one a kind."""
    yield from by_kind(outcome, outcome.answers)


def by_kind(outcome: Outcome, answers: Sequence[Answer]) -> Iterator[Reading]:
    """The readings of `answers`, which are to the outcome's items."""
    for kind in ("", *kinds(outcome)):
        cases = [
            (at, (value, float(outcome.items[at].good)))
            for at in compared(outcome, kind)
            if (value := answers[at].value) is not None
        ]
        yield reading(outcome, kind, cases, area_under)


def area_under(cases: Floats) -> float:
    """Of (value, whether it is good) rows; NaN of one kind only."""
    good = cases[:, 1] > 0
    return float("nan") if good.all() or not good.any() else area(cases[good, 0], cases[~good, 0])


METRIC = auc
