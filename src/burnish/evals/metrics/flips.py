"""Churn: decisions that come out differently when something changes that should not matter (the order of the questions,
what is asked beside them, the process, a seed). The jitter between two models or runs is the same share.

The decision is whether a text stands below the threshold of rewriting; having a value or none is one too.
"""

from __future__ import annotations

from collections.abc import Iterator

from burnish.evals.figures import Reading
from burnish.evals.metrics import reading
from burnish.evals.trials import Answer, Outcome
from burnish.plan import RewriteRules


def flips(outcome: Outcome) -> Iterator[Reading]:
    """One reading a change: the share of decisions that differ."""
    below = RewriteRules().below
    for change, answers in outcome.changed.items():
        both = zip(outcome.answers, answers, strict=True)
        cases = [(at, (_decided(one, below) != _decided(other, below),)) for at, (one, other) in enumerate(both)]
        yield reading(outcome, change, cases)


def _decided(answer: Answer, below: float) -> bool | None:
    return None if answer.value is None else answer.value < below


METRIC = flips
