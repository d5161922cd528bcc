"""The words of a set of captions as counts of bounded size, however many captions there are, and how far two sets are
apart.

N-grams of words are counted in `BUCKETS` buckets by their hash, so that a million captions take the memory of ten. What
two sets then differ by (Jensen-Shannon divergence in bits, 0 the same, 1 nothing in common) is a lower bound: buckets
hide differences, never make them. Two samples of one and the same set differ too, the more the smaller they are: each
set is counted in two halves, so that halves of both can be held against halves of one, which are of the same size.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice

import numpy as np
import xxhash

from burnish import edits
from burnish.evals.figures import Floats
from burnish.values import Json

BUCKETS = 2**18
_BITS = 2**22
LONGEST_WORDS = 512
"""Longer captions count as this long."""
ORDERS = (1, 2, 3)
KEPT_WORDS = 200_000
"""Words counted one by one; what has been seen once only is forgotten when there are more."""
MIN_COUNT = 5
TOP = 10
_QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A word whose share of all words has changed: per million words before and now."""

    word: str
    before: float
    now: float


class Profile:
    """Counts of one set. `add` a caption with the half that its pair is in."""

    def __init__(self) -> None:
        self.captions = 0
        self.empty = 0
        self.words = 0
        self._grams = np.zeros((2, len(ORDERS), BUCKETS), np.int64)
        self._seen = np.zeros(_BITS, np.bool_)
        self._lengths = np.zeros(LONGEST_WORDS + 1, np.int64)
        self._common: Counter[str] = Counter()

    def add(self, text: str, half: int) -> None:
        """Count one caption."""
        words = edits.words(text)
        self.captions += 1
        self.empty += not words
        self.words += len(words)
        self._lengths[min(len(words), LONGEST_WORDS)] += 1
        for place, order in enumerate(ORDERS):
            for at in range(len(words) - order + 1):
                hashed = xxhash.xxh3_64_intdigest("\0".join(words[at : at + order]).encode("utf-8", "surrogatepass"))
                self._grams[half, place, hashed % BUCKETS] += 1
                if order == 1:
                    self._seen[hashed % _BITS] = True
        self._common.update(words)
        if len(self._common) > KEPT_WORDS:
            self._common = Counter({word: count for word, count in self._common.items() if count > 1})

    def vocabulary(self) -> int:
        """Different words, estimated from a bitmap (linear counting, Whang 1990): within 1 % up to a million."""
        empty = _BITS - int(self._seen.sum())
        return round(-_BITS * float(np.log(max(empty, 1) / _BITS)))

    def entropy(self) -> float:
        """Of the words, in bits."""
        shares = self._grams[:, 0].sum(axis=0)
        known = shares[shares > 0] / max(1, shares.sum())
        return round(float(-(known * np.log2(known)).sum()) + 0.0, 4)

    def as_json(self) -> dict[str, Json]:
        """Sizes and lengths."""
        ends = np.cumsum(self._lengths)
        quantiles = {f"words_p{round(100 * q)}": int(np.searchsorted(ends, q * ends[-1])) for q in _QUANTILES}
        return {
            "captions": self.captions,
            "empty": self.empty,
            "words": self.words,
            "words_mean": round(self.words / max(1, self.captions), 3),
            **quantiles,
            "vocabulary": self.vocabulary(),
            "entropy_bits": self.entropy(),
        }

    def grams(self, order: int, half: int | None = None) -> Floats:
        """Counts of a half, or of both, by bucket."""
        chosen = self._grams[:, ORDERS.index(order)]
        return np.asarray(chosen.sum(axis=0) if half is None else chosen[half], np.float64)

    def per_million(self, word: str) -> float:
        """How often a word turns up among a million."""
        return round(1e6 * self._common[word] / max(1, self.words), 1)

    def frequent(self) -> dict[str, int]:
        """Words that have been counted at least `MIN_COUNT` times."""
        return {word: count for word, count in self._common.items() if count >= MIN_COUNT}


def divergence(ones: Floats, others: Floats) -> float | None:
    """Jensen-Shannon divergence of two histograms, in bits; None if one of them is empty."""
    if not ones.sum() or not others.sum():
        return None
    p, q = ones / ones.sum(), others / others.sum()
    middle = (p + q) / 2
    return round((_relative(p, middle) + _relative(q, middle)) / 2 + 0.0, 5)


def _relative(p: Floats, q: Floats) -> float:
    known = p > 0
    return float((p[known] * np.log2(p[known] / q[known])).sum())


def drift(before: Profile, now: Profile) -> dict[str, dict[str, float | None]]:
    """By order of n-grams: the divergence of the two sets ("sets"), the mean of one's half and the other's other half
    ("halves"), and of the two halves of one set ("floor"). Where halves are above the floor, there is drift.
    """
    found = {}
    for order in ORDERS:
        first, second = ([each.grams(order, half) for half in (0, 1)] for each in (before, now))
        found[f"{order}-grams"] = {
            "sets": divergence(before.grams(order), now.grams(order)),
            "halves": _mean(divergence(first[0], second[1]), divergence(first[1], second[0])),
            "floor": _mean(divergence(*first), divergence(*second)),
        }
    return found


def _mean(*values: float | None) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 5) if known else None


def moved(before: Profile, now: Profile) -> dict[str, list[Moved]]:
    """The words whose share has risen and fallen most, by the ratio of their shares with one count added to each."""
    words = {**before.frequent(), **now.frequent()}
    told = [Moved(word=word, before=before.per_million(word), now=now.per_million(word)) for word in words]
    least = 1e6 / max(1, min(before.words, now.words))

    def rise(each: Moved) -> float:
        return (each.now + least) / (each.before + least)

    ranked = sorted(told, key=lambda each: (-rise(each), each.word))
    risen = [each for each in islice(ranked, TOP) if rise(each) > 1]
    return {"risen": risen, "fallen": [each for each in islice(reversed(ranked), TOP) if rise(each) < 1]}
