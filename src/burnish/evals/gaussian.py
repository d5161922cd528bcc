"""Sets of vectors as a mean and a covariance, gathered one by one, and the Frechet distance of two such sets.

The square root of a product of covariances is taken by eigenvalues: iterations for it can stay where they start.
"""

from __future__ import annotations

import numpy as np

from burnish.evals.figures import Floats


class Gaussian:
    """Mean and covariance of vectors of `size` numbers; memory does not grow with their number."""

    def __init__(self, size: int) -> None:
        self.n = 0
        self._sum = np.zeros(size)
        self._products = np.zeros((size, size))

    def add(self, rows: Floats) -> None:
        """Take in vectors (n, size)."""
        self.n += len(rows)
        self._sum += rows.sum(axis=0)
        self._products += rows.T @ rows

    @property
    def mean(self) -> Floats:
        """Of all; needs one vector at least."""
        return np.asarray(self._sum / self.n)

    @property
    def covariance(self) -> Floats:
        """Unbiased; needs two vectors at least."""
        return np.asarray((self._products - self.n * np.outer(self.mean, self.mean)) / (self.n - 1))


def frechet(one: Gaussian, other: Gaussian) -> float:
    """Squared distance of the means + Tr(A + B - 2 (A B)^(1/2)) of the covariances (Dowson and Landau 1982)."""
    shift = one.mean - other.mean
    return float(shift @ shift) + spread_distance(one.covariance, other.covariance)


def spread_distance(one: Floats, other: Floats) -> float:
    """The part of the covariances. Tr (A B)^(1/2) is that of (A^(1/2) B A^(1/2))^(1/2), which is symmetric; negative
    eigenvalues, which rounding can leave, count as 0.
    """
    values, vectors = np.linalg.eigh(one)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    inner = np.linalg.eigvalsh(root @ other @ root)
    return max(0.0, float(np.trace(one) + np.trace(other) - 2 * np.sqrt(np.maximum(inner, 0)).sum()))
