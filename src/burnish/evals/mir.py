"""How far what a model makes of pictures lies from what it makes of words: the Modality Integration Rate (MIR, arXiv
2410.07167, section 3).

In each layer the vectors of both kinds are divided by the mean length of the text's (text-centric normalisation), those
whose length is more than three standard deviations from the median of their kind are left out, and the Frechet distance
of the two sets is taken; MIR is the logarithm to base 10 of the sum over layers, the first one after the embeddings.

Two things are not as in the code released with the paper. There an outlier becomes the vector of medians, which puts a
point mass into both sets; here it goes, as the text has it. And the default root of covariances there is an iteration
that begins at its own fixed point, so that what comes out is no root; here it is taken by eigenvalues.

A Frechet distance of few vectors is too large, so rates compare at equal numbers of pictures only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from burnish.evals.figures import Floats
from burnish.evals.gaussian import Gaussian, frechet

SIGMAS = 3.0
MAX_BYTES = 4 << 30
"""Of covariances held at once: two a layer. A model of 32 layers of 4,096 has 8.6 GB of them and is read in parts."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hidden:
    """What a model made of one picture and one text: (layers, tokens, d) each, layers counted after the embeddings."""

    seen: npt.NDArray[np.float32]
    told: npt.NDArray[np.float32]


Look = Callable[[], Iterator[Hidden]]
"""The same pictures and texts, as often as it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """`rate` is MIR, NaN where both kinds are the same to the last bit; `layers` are the distances it is the sum of."""

    rate: float
    layers: tuple[float, ...]
    seen_tokens: int
    told_tokens: int


def integration(look: Look) -> Integration | None:
    """MIR of what `look` gives, which is called twice or more; None if there are not two tokens of each kind."""
    lengths, size = _lengths(look)
    if min(of_kind.shape[1] for of_kind in lengths) < 2:
        return None
    seen, told = lengths
    scales = 1 / np.maximum(told.mean(axis=1), np.finfo(np.float64).tiny)
    ranges = [_range(of_kind) for of_kind in lengths]
    distances: list[float] = []
    for first, last in _parts(len(scales), size):
        distances += _distances(look, range(first, last), scales, ranges)
    whole = math.fsum(distances)
    return Integration(
        rate=math.log10(whole) if whole > 0 else math.nan,
        layers=tuple(distances),
        seen_tokens=seen.shape[1],
        told_tokens=told.shape[1],
    )


def _lengths(look: Look) -> tuple[tuple[Floats, Floats], int]:
    """The vectors' lengths, (layers, tokens) of pictures and of texts, and how many numbers a vector has."""
    seen, told = [np.zeros((1, 0))], [np.zeros((1, 0))]
    size = 0
    for at, each in enumerate(look()):
        size = each.told.shape[-1]
        for lengths, rows in ((seen, each.seen), (told, each.told)):
            if not at:
                lengths.clear()
            lengths.append(np.linalg.norm(rows.astype(np.float64), axis=-1))
    return (np.concatenate(seen, axis=1), np.concatenate(told, axis=1)), size


_Range = tuple[Floats, Floats]


def _range(lengths: Floats) -> _Range:
    """By layer the lengths between which a vector is none that stands out."""
    middle, spread = np.median(lengths, axis=1), lengths.std(axis=1, ddof=1)
    return middle - SIGMAS * spread, middle + SIGMAS * spread


def _parts(layers: int, size: int) -> Iterator[tuple[int, int]]:
    at_once = max(1, MAX_BYTES // (2 * size * size * 8))
    yield from ((first, min(layers, first + at_once)) for first in range(0, layers, at_once))


def _distances(look: Look, layers: range, scales: Floats, ranges: Sequence[_Range]) -> list[float]:
    sets: dict[int, tuple[Gaussian, Gaussian]] = {}
    for each in look():
        for layer in layers:
            size = each.told.shape[-1]
            both = sets.setdefault(layer, (Gaussian(size), Gaussian(size)))
            for gaussian, rows, (low, high) in zip(both, (each.seen[layer], each.told[layer]), ranges, strict=True):
                gaussian.add(kept(rows, (low[layer], high[layer])) * scales[layer])
    return [frechet(*sets[layer]) if min(one.n for one in sets[layer]) > 1 else 0.0 for layer in layers]


def kept(rows: npt.NDArray[np.float32], between: tuple[float, float]) -> Floats:
    """The rows whose length lies between the two, both included."""
    exact = rows.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=-1)
    return np.asarray(exact[(lengths >= between[0]) & (lengths <= between[1])])
