"""BLEU of the whole set (Papineni et al., ACL 2002), with 1 to 4 words: a share of runs of words that references have,
and a penalty for being shorter than the reference of the nearest length. 0 where no run of that size is shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from burnish.evals.caption_metrics import Gram, grams
from burnish.evals.figures import Floats, Reading

if TYPE_CHECKING:
    from burnish.evals.captions import Sheet, Words

ORDERS = (1, 2, 3, 4)


def bleu(sheet: Sheet) -> Iterator[Reading]:
    """bleu_1 and bleu_4."""
    rows = [_counted(said, references) for said, references in zip(sheet.said, sheet.references, strict=True)]
    cases = np.array(rows, np.float64).reshape(len(rows), 2 * len(ORDERS) + 2)
    groups, seeds = tuple(sheet.groups), (0,) * len(rows)
    yield Reading(of="bleu_1", cases=cases, groups=groups, seeds=seeds, statistic=lambda chosen: score(chosen, 1))
    yield Reading(of="bleu_4", cases=cases, groups=groups, seeds=seeds, statistic=lambda chosen: score(chosen, 4))


def _counted(said: Words, references: tuple[Words, ...]) -> list[float]:
    """Shared runs by size, all runs by size, words, and words of the reference that is nearest in length."""
    shared, runs = [], []
    for size in ORDERS:
        own = grams(said, size)
        most: dict[Gram, int] = {}
        for reference in references:
            for gram, count in grams(reference, size).items():
                most[gram] = max(most.get(gram, 0), count)
        shared.append(float(sum(min(count, most.get(gram, 0)) for gram, count in own.items())))
        runs.append(float(own.total()))
    nearest = min((len(reference) for reference in references), key=lambda length: (abs(length - len(said)), length))
    return [*shared, *runs, float(len(said)), float(nearest)]


def score(cases: Floats, order: int) -> float:
    """BLEU of the sums of all rows."""
    sums = cases.sum(axis=0)
    shared, runs = sums[:order], sums[len(ORDERS) : len(ORDERS) + order]
    if not shared.all():
        return 0.0
    short = min(0.0, 1.0 - sums[-1] / sums[-2])
    return float(np.exp(np.log(shared / runs).mean() + short))


METRIC = bleu
