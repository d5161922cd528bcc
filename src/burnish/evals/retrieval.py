"""Retrieval: does a model find a picture's text among all texts, and a text's picture among all pictures?

Recall at k and median rank as in CLIP (arXiv 2103.00020). Pictures with the same text are all right for it, and equal
scores share their places, so a model that says the same of everything is at chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Scores = npt.NDArray[np.float32] | Floats
CUTS = (1, 5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranks:
    """Places of what is right, 1 the best, ties in the middle of theirs: of the text for each picture, and of the best
    of its pictures for each different text.
    """

    image_to_text: Floats
    text_to_image: Floats


def labels(texts: Sequence[str]) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """The different texts, case aside, in order of appearance, and for each picture the column of its own."""
    columns: dict[str, int] = {}
    shown: list[str] = []
    for text in texts:
        if text.casefold() not in columns:
            columns[text.casefold()] = len(shown)
            shown.append(text)
    return tuple(shown), np.array([columns[text.casefold()] for text in texts], np.int64)


def ranks(scores: Scores, right: npt.NDArray[np.int64]) -> Ranks:
    """Of `scores` (pictures, different texts), where ``right[i]`` is the column of picture i's text."""
    pictures = np.arange(len(right))
    own = scores[pictures, right]
    to_text = 1 + (scores > own[:, None]).sum(axis=1) + ((scores == own[:, None]).sum(axis=1) - 1) / 2
    to_image = np.empty(scores.shape[1])
    for column in range(scores.shape[1]):
        others, best = scores[right != column, column], scores[right == column, column].max()
        to_image[column] = 1 + (others > best).sum() + (others == best).sum() / 2
    return Ranks(image_to_text=to_text.astype(np.float64), text_to_image=to_image)


def measures(found: Ranks) -> dict[str, float]:
    """Recall at `CUTS` and median rank in both directions, and the mean of both directions' recalls."""
    told: dict[str, float] = {}
    for name, places in (("image_to_text", found.image_to_text), ("text_to_image", found.text_to_image)):
        told |= {f"{name}_r{cut}": float((places <= cut).mean()) for cut in CUTS}
        told[f"{name}_median_rank"] = float(np.median(places))
    for cut in CUTS:
        told[f"r{cut}"] = (told[f"image_to_text_r{cut}"] + told[f"text_to_image_r{cut}"]) / 2
    return told


def chance(right: npt.NDArray[np.int64], cut: int) -> float:
    """The mean of both directions' recall at `cut` of a model that knows nothing, exactly.

    A text with m of n pictures has one of them among the first k with probability 1 - C(n - m, k) / C(n, k).
    """
    pictures, counts = len(right), np.bincount(right)
    to_text = min(1.0, cut / len(counts))
    missed = np.ones(len(counts))
    for taken in range(min(cut, pictures)):
        missed *= np.maximum(0, pictures - counts - taken) / (pictures - taken)
    return float((to_text + (1 - missed).mean()) / 2)
