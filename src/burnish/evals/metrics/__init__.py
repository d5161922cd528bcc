"""What is made of answers and truth. One file each: an `Outcome` in, readings out, each of which becomes a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, cast

import numpy as np

from burnish import discovery
from burnish.evals.figures import Reading, Statistic
from burnish.evals.trials import Outcome

KIND = "evals.metrics"


class Metric(Protocol):
    """See the module."""

    def __call__(self, outcome: Outcome) -> Iterator[Reading]:
        """The readings; none where the outcome does not hold what it needs."""
        ...


def load(name: str) -> Metric:
    """The metric called `name`; raises `UsageError` with the nearest name."""
    return cast(Metric, discovery.load(KIND, name))


def reading(
    outcome: Outcome, of: str, cases: Sequence[tuple[int, Sequence[float]]], statistic: Statistic | None = None
) -> Reading:
    """The reading of `cases`, each the place of the item it is of and its columns."""
    columns = len(cases[0][1]) if cases else 1
    return Reading(
        of=of,
        cases=np.array([row for _, row in cases], np.float64).reshape(len(cases), columns),
        groups=tuple(outcome.items[at].group for at, _ in cases),
        seeds=tuple(outcome.seeds[at] for at, _ in cases),
        statistic=statistic,
    )


def kinds(outcome: Outcome) -> list[str]:
    """What is wrong with the bad items, in the order in which it turns up."""
    return list(dict.fromkeys(item.kind for item in outcome.items if item.kind))


def bases(outcome: Outcome) -> dict[tuple[int, str], int]:
    """Where each good item stands, by seed and key."""
    return {
        (seed, item.key): at
        for at, (item, seed) in enumerate(zip(outcome.items, outcome.seeds, strict=True))
        if item.good
    }


def compared(outcome: Outcome, kind: str) -> list[int]:
    """The items of a kind ("" for all) and the good ones that they were made from; all good ones if from none."""
    bad = [at for at, item in enumerate(outcome.items) if item.kind and kind in {"", item.kind}]
    known = bases(outcome)
    made_from = {known.get((outcome.seeds[at], outcome.items[at].base)) for at in bad}
    return sorted({*bad, *(set(known.values()) if None in made_from else (at for at in made_from if at is not None))})
