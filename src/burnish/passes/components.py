"""Connected components of very many rows: a forest in one array that may lie on disk, joined a batch of links at once.

Each row points at a smaller one or at itself. The component of a row is named after its smallest row, so the result
does not depend on the order of links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Components:
    """Rows 0..n-1, each alone at first. `parents`: int64, n long, in memory or mapped; it is overwritten."""

    CHUNK = 1 << 18

    def __init__(self, parents: NDArray[np.int64]) -> None:
        import numpy as np

        self._parents = parents
        for start in range(0, len(parents), self.CHUNK):
            stop = min(len(parents), start + self.CHUNK)
            parents[start:stop] = np.arange(start, stop)

    def roots(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The smallest row that each of `rows` is linked with so far. Paths are halved on the way: a chain of n takes
        log n looks, not n.
        """
        import numpy as np

        found = np.asarray(self._parents[rows])
        while True:
            above = np.asarray(self._parents[found])
            if np.array_equal(above, found):
                return found
            higher = np.asarray(self._parents[above])
            self._parents[found] = higher
            self._parents[rows] = higher
            found = higher

    def link(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> None:
        """Join the components of ``ones[i]`` and ``others[i]``, for all i."""
        import numpy as np

        while len(ones):
            left, right = self.roots(ones), self.roots(others)
            self._parents[ones] = left  # paths stay short
            self._parents[others] = right
            apart = left != right
            if not apart.any():
                return
            ones, others = left[apart], right[apart]
            low, high = np.minimum(ones, others), np.maximum(ones, others)
            # Of several smaller roots offered to one root the smallest is taken; the rest meet in the next round.
            ordered = np.lexsort((low, high))
            low, high = low[ordered], high[ordered]
            first = np.ones(len(high), np.bool_)
            first[1:] = high[1:] != high[:-1]
            self._parents[high[first]] = low[first]
            ones, others = low, high

    def settle(self) -> None:
        """Let every row point at its root."""
        import numpy as np

        for start in range(0, len(self._parents), self.CHUNK):
            rows = np.arange(start, min(len(self._parents), start + self.CHUNK))
            self._parents[rows] = self.roots(rows)
