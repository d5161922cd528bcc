"""The arm without the picture: AUC by corruption of a judge that sees the text alone.

Where it is as good as with the picture, the picture was not needed, or not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from burnish.evals.figures import Reading
from burnish.evals.metrics.auc import by_kind
from burnish.evals.trials import Outcome


def blind(outcome: Outcome) -> Iterator[Reading]:
    """As `auc`; none if nobody asked without the picture."""
    if outcome.blind:
        yield from by_kind(outcome, outcome.blind)


METRIC = blind
