"""ROUGE-L (Lin, 2004) as COCO's evaluation takes it: longest common subsequence with each reference, the highest share
of the caption and the highest share of a reference that it is, recall weighing 1.2 squared as much as precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import LCSseq

from burnish.evals.caption_metrics import mean
from burnish.evals.figures import Reading

if TYPE_CHECKING:
    from burnish.evals.captions import Sheet, Words

BETA_SQUARED = 1.2**2


def rouge_l(sheet: Sheet) -> Iterator[Reading]:
    """The mean over captions."""
    scores = [score(said, references) for said, references in zip(sheet.said, sheet.references, strict=True)]
    cases = np.array(scores, np.float64).reshape(len(scores), 1)
    yield Reading(of="rouge_l", cases=cases, groups=tuple(sheet.groups), seeds=(0,) * len(scores), statistic=mean)


def score(said: Words, references: tuple[Words, ...]) -> float:
    """Of one caption."""
    common = [LCSseq.similarity(said, reference) for reference in references]
    precision = max(common) / max(1, len(said))
    recall = max(length / max(1, len(reference)) for length, reference in zip(common, references, strict=True))
    if not precision or not recall:
        return 0.0
    return (1 + BETA_SQUARED) * precision * recall / (recall + BETA_SQUARED * precision)


METRIC = rouge_l
