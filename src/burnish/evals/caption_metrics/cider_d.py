"""CIDEr-D (arXiv 1411.5726, section 5.1): cosines of captions' and references' runs of 1 to 4 words, rare ones weighing
more, clipped so that saying a word again gains nothing, and lowered where lengths differ. 0 to 10, means over captions.

How rare a run is, is counted in the references of the sheet itself: figures of different sets do not compare.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from burnish.evals.caption_metrics import Gram, grams, mean
from burnish.evals.figures import Reading

if TYPE_CHECKING:
    from burnish.evals.captions import Sheet, Words

ORDERS = (1, 2, 3, 4)
SIGMA = 6.0
SCALE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Weighed:
    """By size of run: weights and their length; and how many pairs of words there are, which is what lengths are
    compared by in the reference implementation.
    """

    weights: tuple[dict[Gram, float], ...]
    lengths: tuple[float, ...]
    pairs: int


def cider_d(sheet: Sheet) -> Iterator[Reading]:
    """The mean over captions."""
    scores = each(sheet.said, sheet.references)
    cases = np.array(scores, np.float64).reshape(len(scores), 1)
    yield Reading(of="cider_d", cases=cases, groups=tuple(sheet.groups), seeds=(0,) * len(scores), statistic=mean)


def each(said: Sequence[Words], references: Sequence[tuple[Words, ...]]) -> list[float]:
    """Of every caption."""
    having: Counter[Gram] = Counter()
    for several in references:
        having.update({gram for reference in several for size in ORDERS for gram in grams(reference, size)})
    whole = math.log(max(1, len(references)))

    def weighed(words: Words) -> _Weighed:
        counts = [grams(words, size) for size in ORDERS]
        weights = tuple(
            {gram: count * (whole - math.log(max(1, having[gram]))) for gram, count in counted.items()}
            for counted in counts
        )
        lengths = tuple(math.sqrt(math.fsum(value**2 for value in of_size.values())) for of_size in weights)
        return _Weighed(weights=weights, lengths=lengths, pairs=counts[1].total())

    return [
        SCALE * math.fsum(_alike(own, weighed(reference)) for reference in several) / len(several)
        for own, several in ((weighed(words), several) for words, several in zip(said, references, strict=True))
    ]


def _alike(own: _Weighed, other: _Weighed) -> float:
    near = math.exp(-((own.pairs - other.pairs) ** 2) / (2 * SIGMA**2))
    found = 0.0
    for ones, others, length, length_other in zip(own.weights, other.weights, own.lengths, other.lengths, strict=True):
        if length and length_other:
            shared = math.fsum(
                min(value, others.get(gram, 0.0)) * others.get(gram, 0.0) for gram, value in ones.items()
            )
            found += near * shared / (length * length_other)
    return found / len(ORDERS)


METRIC = cider_d
