"""From raw similarities to the probability that a text fits a picture. Training and run time share this code."""

from __future__ import annotations

import math
from collections.abc import Sequence

LABELS_USED = 5
CLUES = 8
_TINY = 1e-6


def clues(
    *,
    similarity: float,
    text_bank: tuple[float, float],
    image_bank: tuple[float, float],
    label_cosine: float,
    label_bank: tuple[float, float],
    top_probability: float,
) -> list[float]:
    """What the logistic model sees (CLUES figures): both similarities, normalised, and label agreement by band.

    A bank is the mean and deviation of the same similarity over pictures (or texts) drawn from the train split.
    Label agreement counts by the confidence of the best label: below 0.3 it is nearly blind (AUC 0.71), above 0.6
    it is the best clue there is (0.92), on photographs of another domain.
    """
    by_text = _z(similarity, text_bank)
    by_image = _z(similarity, image_bank)
    by_label = _z(label_cosine, label_bank)
    return [
        1.0,
        by_text,
        by_image,
        similarity,
        by_label,
        by_label * min(1.0, top_probability / 0.3),
        by_label * max(0.0, top_probability - 0.3),
        top_probability,
    ]


def _z(value: float, bank: tuple[float, float]) -> float:
    return max(-4.0, min(6.0, (value - bank[0]) / max(_TINY, bank[1])))


def probability(clue: Sequence[float] | float, weights: Sequence[float]) -> float:
    """Logistic of the weighted clues; a single figure gets (slope, offset)."""
    values = [clue, 1.0] if isinstance(clue, float) else clue
    logit = sum(value * weight for value, weight in zip(values, weights, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
