"""Weights and threshold from labels: which criteria tell a consumer's good pairs from its bad ones, and from where on.

A logistic regression without negative weights (a criterion that speaks the wrong way is left out), cross-validated by
a hash of the key, beside the overall score alone: a fit that is not better than that is not worth its settings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from burnish.errors import UsageError
from burnish.evals.labels import Judged
from burnish.evals.matching import auc
from burnish.train.builtin.logistic import fit

FOLDS = 5
MIN_EACH = 10
"""Fewer good or bad labels than this say nothing about weights."""
MIN_COVERED = 0.8
"""A criterion counts if it has a value for so large a share of the labelled pairs."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What was fitted: weights (their sum is 1), threshold on the scale, and how good it is on pairs left out.

    `auc` and `auc_overall` are (mean, standard deviation) over folds, of the fit and of the overall score alone (None
    where there is none); `balanced_accuracy` is the mean of both kinds' hit rates at the fitted threshold, left out.
    """

    weights: Mapping[str, float]
    below: float
    auc: tuple[float, float]
    auc_overall: tuple[float, float] | None
    balanced_accuracy: float
    good: int
    bad: int
    left_out: Sequence[str]


def fit_threshold(judged: Sequence[Judged], labels: Mapping[str, bool]) -> Fit:
    """Fit on the labelled pairs of `judged`. Raises `UsageError` if there are too few."""
    known = [pair for pair in judged if pair.key in labels]
    names = _covered(known)
    rows = [pair for pair in known if all(name in pair.values for name in names)]
    table = np.array([[pair.values[name] for name in names] for pair in rows], np.float64).reshape(len(rows), -1)
    good = np.array([labels[pair.key] for pair in rows], bool)
    if not names or min(int(good.sum()), int((~good).sum())) < MIN_EACH:
        raise UsageError(
            f"{int(good.sum())} good and {int((~good).sum())} bad labelled pairs have scores; at least {MIN_EACH} of "
            "each are needed.\nThe keys of the labels must be those of the output."
        )
    folds = np.array([_fold(pair.key) for pair in rows])
    scores, hits = _left_out(table, good, folds)
    weights = _weights(table, good)
    overall = table[:, names.index("overall")] if "overall" in names else None
    return Fit(
        weights={name: round(float(w), 4) for name, w in zip(names, weights, strict=True) if w > 0},
        below=round(_threshold(table @ weights, good), 4),
        auc=_by_fold(scores, good, folds),
        auc_overall=None if overall is None else _by_fold(overall, good, folds),
        balanced_accuracy=float((hits[good].mean() + hits[~good].mean()) / 2),
        good=int(good.sum()),
        bad=int((~good).sum()),
        left_out=[name for name, weight in zip(names, weights, strict=True) if weight <= 0],
    )


def _covered(known: Sequence[Judged]) -> list[str]:
    names = sorted({name for pair in known for name in pair.values})
    return [name for name in names if sum(name in pair.values for pair in known) >= MIN_COVERED * len(known)]


def _fold(key: str) -> int:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest()[0] % FOLDS


def _left_out(table: Floats, good: npt.NDArray[np.bool_], folds: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Each row's standing, and whether the threshold decides it rightly, by a fit that has not seen its fold."""
    scores, hits = np.zeros(len(table)), np.zeros(len(table))
    for fold in range(FOLDS):
        out = folds == fold
        if not out.any() or len(set(good[~out])) < 2:
            continue
        weights = _weights(table[~out], good[~out])
        below = _threshold(table[~out] @ weights, good[~out])
        scores[out] = table[out] @ weights
        hits[out] = (scores[out] >= below) == good[out]
    return scores, hits


def _weights(table: Floats, good: npt.NDArray[np.bool_]) -> Floats:
    """Weights that add up to 1, none negative: what comes out negative is left out and the rest fitted again."""
    used = list(range(table.shape[1]))
    while used:
        found = np.array(fit(np.column_stack([table[:, used], np.ones(len(table))]), good)[:-1])
        if found.min() >= 0 and found.sum() > 0:
            weights = np.zeros(table.shape[1])
            weights[used] = found / found.sum()
            return weights
        used.pop(int(found.argmin()))
    return np.full(table.shape[1], 1 / table.shape[1])


def _threshold(scores: Floats, good: npt.NDArray[np.bool_]) -> float:
    """Between two scores, where both kinds together are decided best."""
    levels = np.unique(scores)
    cuts = np.concatenate([[levels[0]], (levels[1:] + levels[:-1]) / 2])
    hits = [float((scores[good] >= cut).mean() + (scores[~good] < cut).mean()) for cut in cuts]
    return float(cuts[int(np.argmax(hits))])


def _by_fold(scores: Floats, good: npt.NDArray[np.bool_], folds: npt.NDArray[np.int64]) -> tuple[float, float]:
    found = [
        auc(scores[(folds == fold) & good], scores[(folds == fold) & ~good])
        for fold in range(FOLDS)
        if 0 < good[folds == fold].sum() < (folds == fold).sum()
    ]
    return (float(np.mean(found)), float(np.std(found))) if found else (float("nan"), 0.0)
