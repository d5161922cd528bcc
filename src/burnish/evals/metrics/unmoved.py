"""Scores that barely move when the picture is taken away: by less than `burnish.asks.blind.BARELY`, of those that have
a value both ways.
"""

from __future__ import annotations

from collections.abc import Iterator

from burnish.asks.blind import BARELY
from burnish.evals.figures import Reading
from burnish.evals.metrics import reading
from burnish.evals.trials import Outcome


def unmoved(outcome: Outcome) -> Iterator[Reading]:
    """One reading; none if nobody asked without the picture."""
    if not outcome.blind:
        return
    values = ((at, seen.value, outcome.blind[at].value) for at, seen in enumerate(outcome.answers))
    yield reading(outcome, "", [(at, (abs(a - b) < BARELY,)) for at, a, b in values if a is not None and b is not None])


METRIC = unmoved
