"""Orders in wordings that no list has: a linear score over n-grams and signs, learned from written-out grammars.

Each sentence, each two that follow each other, and pieces of long ones are scored by themselves, so that a long
harmless caption does not dilute the order at its end. `burnish train injection` makes the weights again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from burnish.errors import UsageError
from burnish.injection.signs import Sentence, joined, signs

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FOLDER = Path(__file__).parent / "weights"
WEIGHTS, FIGURES, SUMS = "weights.npy", "figures.json", "SHA256SUMS"

SIGN_SHARE = 0.1
"""Weight of a sign against all n-grams of a text together, which count one; the same in training."""

LONG, STEP = 160, 80
"""Characters: a longer sentence is scored in pieces as well, each beginning a step later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The learned numbers. A score of `sure` is an order; one of `likely` is where a shape or a hiding place says so
    too. `digest` is the SHA-256 over SHA256SUMS.
    """

    values: npt.NDArray[np.int8]
    scale: float
    bias: float
    sure: float
    likely: float
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a folded text, from `start` up to `stop`, with its score."""

    start: int
    stop: int
    score: float


@cache
def load(folder: Path = FOLDER) -> Weights:
    """The checked weights; `UsageError` names the file that is missing or differs."""
    import numpy as np

    try:
        sums = (folder / SUMS).read_bytes()
        for line in sums.decode().splitlines():
            expected, name = line.split()
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
                raise UsageError(f"The file {folder / name} differs from the one that was trained.\n{_ADVICE}")
        figures: dict[str, Any] = json.loads((folder / FIGURES).read_bytes())
        values = np.load(folder / WEIGHTS, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"The weights in {folder} cannot be read: {error}\n{_ADVICE}") from error
    return Weights(
        values=values,
        digest=hashlib.sha256(sums).hexdigest(),
        **{name: float(figures[name]) for name in ("scale", "bias", "sure", "likely")},
    )


def score(folded: str, found: Sequence[frozenset[str]]) -> float:
    """How much a folded text with these signs (by language) is an order; comparable to the thresholds in `Weights`."""
    from burnish.injection.features import meeting, ngrams

    weights = load()
    grams = ngrams(folded)
    told = int(weights.values[grams].sum(dtype="int64")) / len(grams) ** 0.5
    met = int(weights.values[meeting(found)].sum(dtype="int64")) * SIGN_SHARE
    return float((told + met) * weights.scale + weights.bias)


def pieces(text: str, found: Sequence[Sentence]) -> Iterator[Piece]:
    """Every sentence of a folded text with its score, every two that follow each other, and parts of long ones."""
    for at, sentence in enumerate(found):
        yield _scored(text, sentence)
        yield from _parts(text, sentence)
        if at:
            yield _scored(text, joined(found[at - 1], sentence))


def sure(found: Sequence[Piece]) -> list[Piece]:
    """The pieces that are orders. Of two sentences together the first is left out if the second is an order by itself
    and it is not even likely one: it is the caption. What follows an order goes with it, and a sentence is never cut:
    the rest of an order that stays may still be obeyed.
    """
    weights = load()
    orders = [piece for piece in found if piece.score >= weights.sure]
    harmless = [piece for piece in found if piece.score < weights.likely]
    return [piece for piece in orders if not _holds_caption(piece, orders, harmless)]


def _holds_caption(both: Piece, orders: Sequence[Piece], harmless: Sequence[Piece]) -> bool:
    """Whether a piece is an order and something harmless before it, both pieces of their own."""
    return any(
        (rest.start, rest.stop, order.stop) == (both.start, order.start, both.stop)
        for order in orders
        for rest in harmless
    )


def _parts(text: str, sentence: Sentence) -> Iterator[Piece]:
    if sentence.stop - sentence.start > LONG:
        for start in range(sentence.start, sentence.stop - LONG + STEP, STEP):
            stop = min(start + LONG, sentence.stop)
            yield Piece(start=start, stop=stop, score=_of(text[start:stop]))


def _scored(text: str, sentence: Sentence) -> Piece:
    told = score(text[sentence.start : sentence.stop], sentence.signs)
    return Piece(start=sentence.start, stop=sentence.stop, score=told)


def _of(text: str) -> float:
    return score(text, signs(text))


_ADVICE = "Install burnish again, or make the weights with: burnish train injection"
