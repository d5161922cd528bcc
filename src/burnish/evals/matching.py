"""Measures of a judge of pairs, from its probabilities for every picture with every text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
RANDOM_NEGATIVES = 8
HARD_NEGATIVES = 3
SYNONYM_COSINE = 0.9
BINS = 10
COVERAGES = (1.0, 0.8, 0.6, 0.4, 0.2)


def auc(right: Sequence[float] | Floats, wrong: Sequence[float] | Floats) -> float:
    """Probability that a right score is above a wrong one, ties counting half."""
    scores = np.concatenate([right, wrong])
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n, m = len(right), len(wrong)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def measures(table: Floats, texts: Floats, names: Sequence[str]) -> dict[str, float]:
    """`table[i, j]` is P(text j fits picture i), row and column i belong together; `texts` (n, 384) unit vectors.

    Wrong texts are other names whose embedding has a cosine below 0.9; hard ones are the three nearest of those.
    Hard ones hold true synonyms, so `pair_hard` (right above hard for the same picture) cannot reach 1.
    """
    wrong, hard, beaten = [], [], []
    cosines = texts @ texts.T
    rng = np.random.default_rng(0)
    labels = np.array([name.lower() for name in names])
    for row in range(len(table)):
        others = np.flatnonzero((cosines[row] < SYNONYM_COSINE) & (labels != labels[row]))
        wrong.append(table[row, rng.choice(others, RANDOM_NEGATIVES)])
        nearest = others[np.argsort(-cosines[row, others], kind="stable")[:HARD_NEGATIVES]]
        hard.append(table[row, nearest])
        beaten.append(table[row, row] > table[row, nearest])
    right = table.diagonal()
    better = (table > right[:, None]).sum(axis=1) + ((table == right[:, None]).sum(axis=1) - 1) / 2
    return {
        "auc_random": auc(right, np.concatenate(wrong)),
        "auc_hard": auc(right, np.concatenate(hard)),
        "pair_hard": float(np.mean(beaten)),
        "r_at_1": float((better < 1).mean()),
        "r_at_5": float((better < 5).mean()),
        "r_at_10": float((better < 10).mean()),
        "ece": calibration_error(right, np.array([row[0] for row in wrong])),
        **abstention(right, np.array([row[0] for row in wrong])),
    }


def calibration_error(right: Floats, wrong: Floats) -> float:
    """Expected calibration error over ten equal bins, as many wrong as right pairs."""
    said = np.concatenate([right, wrong])
    true = np.arange(len(said)) < len(right)
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    gaps = [abs(said[place == bin_].mean() - true[place == bin_].mean()) * (place == bin_).mean()
            for bin_ in range(BINS) if (place == bin_).any()]  # fmt: skip
    return float(sum(gaps))


def abstention(right: Floats, wrong: Floats) -> dict[str, float]:
    """Accuracy and AUC on the most confident share of the pairs, by coverage; no AUC where only one answer is left."""
    said = np.concatenate([right, wrong])
    true = np.arange(len(said)) < len(right)
    order = np.argsort(-np.abs(said - 0.5), kind="stable")
    found = {}
    for coverage in COVERAGES:
        kept = order[: round(coverage * len(order))]
        found[f"accuracy_at_{coverage:.0%}"] = float(((said[kept] > 0.5) == true[kept]).mean())
        if 0 < true[kept].sum() < len(kept):
            found[f"auc_at_{coverage:.0%}"] = auc(said[kept][true[kept]], said[kept][~true[kept]])
    return found


def spread(values: Sequence[float]) -> dict[str, float]:
    """Mean and the range over seeds."""
    return {
        "mean": round(float(np.mean(values)), 4),
        "low": round(float(min(values)), 4),
        "high": round(float(max(values)), 4),
    }
