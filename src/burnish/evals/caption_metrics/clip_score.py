"""CLIPScore and RefCLIPScore (arXiv 2104.08718) by any model with two towers: 2.5 times the cosine with the picture,
and its harmonic mean with the highest cosine with a reference; negative cosines count as 0. Without the paper's "A
photo depicts", which not every picture is and not every tower was trained on. Scales of towers do not compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from burnish.evals.caption_metrics import mean
from burnish.evals.figures import Reading

if TYPE_CHECKING:
    from burnish.evals.captions import Sheet

WEIGHT = 2.5


def clip_score(sheet: Sheet) -> Iterator[Reading]:
    """clip_score and ref_clip_score, of sheets with cosines alone."""
    if not sheet.cosines:
        return
    groups, seeds = tuple(sheet.groups), (0,) * len(sheet.cosines)
    seen = WEIGHT * np.maximum(0.0, np.array(sheet.cosines, np.float64))
    told = np.maximum(0.0, np.array(sheet.nearest, np.float64))
    both = np.divide(2 * seen * told, seen + told, out=np.zeros_like(seen), where=seen + told > 0)
    for name, values in (("clip_score", seen), ("ref_clip_score", both)):
        yield Reading(of=name, cases=values[:, None], groups=groups, seeds=seeds, statistic=mean)


METRIC = clip_score
