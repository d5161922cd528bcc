"""Values that change at all when something changes that should not matter: stricter than `flips`."""

from __future__ import annotations

from collections.abc import Iterator

from burnish.evals.figures import Reading
from burnish.evals.metrics import reading
from burnish.evals.trials import Outcome


def moved(outcome: Outcome) -> Iterator[Reading]:
    """One reading a change: the share of answers whose value or state differs."""
    for change, answers in outcome.changed.items():
        both = zip(outcome.answers, answers, strict=True)
        yield reading(outcome, change, [(at, (one != other,)) for at, (one, other) in enumerate(both)])


METRIC = moved
