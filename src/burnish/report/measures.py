"""What a pass keeps: histograms with fixed bins, and the few rows that are smallest in something."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from burnish.report.reading import Batch

LOWEST, HIGHEST, BINS = 1.0, 5.0, 80
"""Scores are on a scale of 1 to 5; bins of 0.05, so that every threshold people use is an edge. One more bin holds what
is not under the highest edge either.
"""

_ROUNDING = 1e-9

Place = tuple[int, int]
"""(records file, row)."""


@dataclass(slots=True)
class Histogram:
    """Counts of values by bin. What lies outside of the scale counts in the outermost bins, NaN as `without`. `own`: a
    threshold that need not be an edge; what is under it is counted by itself.
    """

    bins: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS + 1, np.int64))
    without: int = 0
    total: float = 0.0
    own: float | None = None
    _under_own: int = 0

    def add(self, values: NDArray[np.float64]) -> None:
        """Count `values`."""
        has = values[~np.isnan(values)]
        # A value that was written as 2.3 must lie in the bin that begins with 2.3, however the division rounds.
        at = np.floor((has - LOWEST) / (HIGHEST - LOWEST) * BINS + _ROUNDING).astype(np.int64)
        self.bins += np.bincount(np.clip(at, 0, BINS), minlength=BINS + 1)
        self.without += len(values) - len(has)
        self.total += float(has.sum())
        if self.own is not None:
            self._under_own += int(np.count_nonzero(has < self.own - _ROUNDING))

    @property
    def count(self) -> int:
        """Values that there are."""
        return int(self.bins.sum())

    @property
    def mean(self) -> float | None:
        """Their mean, exactly; None if there are none."""
        return self.total / self.count if self.count else None

    def quantile(self, share: float) -> float | None:
        """The middle of the bin in which the quantile lies; None without values."""
        if not self.count:
            return None
        at = int(np.searchsorted(np.cumsum(self.bins), max(1.0, share * self.count)))
        return min(HIGHEST, edge(at) + (HIGHEST - LOWEST) / BINS / 2)

    def under(self, threshold: float) -> int:
        """How many are below `threshold`: exactly if it is `own`, else at the edge nearest to it."""
        if threshold == self.own:
            return self._under_own
        return int(self.bins[: max(0, round((threshold - LOWEST) / (HIGHEST - LOWEST) * BINS))].sum())


def edge(at: int) -> float:
    """The lower edge of a bin."""
    return round(LOWEST + at * (HIGHEST - LOWEST) / BINS, 6)


@dataclass(slots=True)
class Smallest:
    """The `most` rows with the smallest values; of equal ones those whose drawn number is smallest. `different`: of
    pairs with the same texts before and after one is enough.
    """

    most: int
    different: bool = True
    _values: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    _drawn: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    _texts: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    _places: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    def add(self, batch: Batch, values: NDArray[np.float64]) -> None:
        """Look at the rows of `batch`; those whose value is NaN do not count."""
        near = self._near(batch, values)
        if not len(near):
            return
        places = np.stack([np.full(len(near), batch.file), batch.first + near], axis=1)
        values = np.concatenate([self._values, values[near]])
        drawn = np.concatenate([self._drawn, batch.number[near]])
        texts = np.concatenate([self._texts, batch.digests(near) if self.different else batch.number[near]])
        order = np.lexsort((drawn, values))
        _, first = np.unique(texts[order], return_index=True)
        order = order[np.sort(first)][: self.most]
        self._values, self._drawn, self._texts = values[order], drawn[order], texts[order]
        self._places = np.concatenate([self._places, places])[order]

    def places(self) -> list[Place]:
        """Where they are, the smallest first."""
        return [(int(file), int(row)) for file, row in self._places]

    def _near(self, batch: Batch, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """Rows that may be among them."""
        if len(self._values) < self.most:
            return np.flatnonzero(~np.isnan(values))
        last, drawn = self._values[-1], self._drawn[-1]
        return np.flatnonzero((values < last) | ((values == last) & (batch.number < drawn)))
