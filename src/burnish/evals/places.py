"""Is what is right among the first k? Of rows of scores, where several things may be right and scores may be equal.

A row counts with the probability that something right is among the first k if things of equal score come in any order:
0 or 1 without ties, and chance for a model that says the same of everything. The largest table worked on at a time has
`ROWS` rows, so that a set of 5,000 pictures and 25,000 texts needs no more memory than its vectors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from burnish.evals.figures import Floats

ROWS = 256
Vectors = npt.NDArray[np.float32]
Right = Sequence[Sequence[int]]
"""For each row the columns that are right, one at least, none twice."""


def hits(scores: npt.NDArray[np.float32] | Floats, right: Right, cuts: Sequence[int]) -> Floats:
    """(rows, cuts): how surely something right is among the first `cut`."""
    found = np.zeros((len(right), len(cuts)))
    for row, columns in enumerate(right):
        own = scores[row, list(columns)]
        best = own.max()
        above, alike = int((scores[row] > best).sum()), int((scores[row] == best).sum())
        good = int((own == best).sum())
        found[row] = [drawn(alike, good, cut - above) for cut in cuts]
    return found


def drawn(among: int, good: int, taken: int) -> float:
    """How surely one of `good` things is in a draw of `taken`: 1 - C(among - good, taken) / C(among, taken)."""
    if taken <= 0:
        return 0.0
    missed = 1.0
    for at in range(min(taken, among)):
        missed *= max(0, among - good - at) / (among - at)
    return 1.0 - missed


def ranked(rows: Vectors, columns: Vectors, right: Right, cuts: Sequence[int]) -> Floats:
    """`hits` of the products of all `rows` (n, d) with all `columns` (m, d), some rows at a time."""
    blocks = [
        hits(rows[first : first + ROWS] @ columns.T, right[first : first + ROWS], cuts)
        for first in range(0, len(rows), ROWS)
    ]
    return np.concatenate(blocks) if blocks else np.zeros((0, len(cuts)))


def chance(columns: int, right: Right, cut: int) -> float:
    """The mean hit of a model that knows nothing of `columns` things."""
    return float(np.mean([drawn(columns, len(own), cut) for own in right])) if right else float("nan")
