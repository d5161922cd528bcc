"""How much speaks for a span of a text meaning a row: the features of a joint ranking, with fixed weights.

The sum is in log-odds against "no link" (0). The weights were set by hand on the development half of
`benchmarks/entities.py`; the other half measures them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from burnish.entities.folding import key, words
from burnish.entities.index import Index

Ordinary = Callable[[str], bool]
"""Whether a word is an everyday word of its language."""

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;|\n])\W*$")
_TITLE_SHARE = 0.6

_SPELT = 2.0
_OTHER_SPACING = 1.3
_OTHER_CASE = {"upper": 1.5, "title": 1.2, "lower": 0.6, "odd": 1.0}
_MISSPELT, _A_LETTER, _FIRST_LETTER = 1.6, 9.0, 0.7
_SIZE = {1: -4.0, 2: -2.0, 3: -0.7, 4: 0.0}
_LONG, _LONGER, _SEVERAL_WORDS = 0.3, 0.5, 0.6
_SIZE_OPEN = {1: -3.0, 2: 0.2}
_OPEN_LONG = 0.6
_EVERYDAY_LOWER, _EVERYDAY_START, _EVERYDAY = 3.5, 2.6, 0.4
_LOWER_AMONG_CAPITALS = 0.6
_CONTEXT = (1.2, 0.6, 0.4)
_KIND = 0.6
_NAMED, _SHARED = 1.2, 0.4
_LEAST_PRIOR = -3.0
_LEAST_LETTERS = 4
_FUNCTION = frozenset(
    ("with", "from", "that", "this", "near", "which", "into", "over", "have", "were", "their", "also")
)


class Shape(Enum):
    """What capitals tell in a text."""

    MIXED = "mixed"
    TITLE = "title"
    UPPER = "upper"
    LOWER = "lower"


def shape(text: str) -> Shape:
    """Of a whole text. One word alone is a title."""
    found = _WORD.findall(text)
    capital = sum(word[0].isupper() for word in found)
    if not capital:
        return Shape.LOWER
    if all(word.isupper() for word in found):
        return Shape.UPPER
    return Shape.TITLE if capital > _TITLE_SHARE * len(found) else Shape.MIXED


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `stop` of the source `source` (by number), with its key; `shape` is the source's."""

    source: int
    start: int
    stop: int
    text: str
    key: str
    shape: Shape
    opens: bool

    def inside(self, other: Span) -> bool:
        """Whether `other` is wider and holds all of it."""
        same = self.source == other.source and other.start <= self.start and self.stop <= other.stop
        return same and (self.start, self.stop) != (other.start, other.stop)

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.source == other.source and self.start < other.stop and other.start < self.stop


def opens(text: str, start: int) -> bool:
    """Whether a sentence may begin at `start`."""
    return bool(_SENTENCE_START.search(text[max(0, start - 8) : start]))


class Scorer:
    """Scores spans against rows of `index`."""

    def __init__(self, index: Index, ordinary: Ordinary) -> None:
        """`ordinary`: see `Ordinary`."""
        self._index = index
        self._ordinary = ordinary
        self.about = lru_cache(8_192)(self._about)
        self.coherence = lru_cache(8_192)(self._coherence)

    def everyday(self, text: str) -> bool:
        """Whether all words of a span are everyday words."""
        found = _WORD.findall(text)
        return bool(found) and all(map(self._ordinary, found))

    def alone(self, span: Span, errors: int) -> float:
        """What speaks for the span being a name of the table at all, whatever the row."""
        score = _size(span) - (self._cost_of_everyday(span) if not errors else 0.0)
        lower = span.text[:1].islower()
        return score - (_LOWER_AMONG_CAPITALS if lower and span.shape is Shape.MIXED else 0.0)

    def _cost_of_everyday(self, span: Span) -> float:
        if not self.everyday(span.text) or (span.text.isupper() and span.shape is not Shape.UPPER):
            return 0.0
        cost = _EVERYDAY
        if span.text[:1].islower() or span.shape in {Shape.LOWER, Shape.UPPER}:
            cost = _EVERYDAY_LOWER
        elif span.opens or span.shape is Shape.TITLE:
            cost = _EVERYDAY_START
        return cost / len(_WORD.findall(span.text))

    def spelling(self, span: Span, number: int, errors: int) -> float:
        """How the span is spelt against the forms of a row."""
        forms = self._index.row(number).forms
        if not errors:
            return max(_spelt(span.text, form) for form in forms if key(form) == span.key)
        size = len(span.key)
        first = any(key(form)[:1] == span.key[:1] for form in forms)
        return _MISSPELT - _A_LETTER * errors / size - (0.0 if first else _FIRST_LETTER)

    def context(self, number: int, around: frozenset[str], run: str) -> float:
        """What the words around speak for a row; `run`: the key of everything, for writings without spaces."""
        about, kind = self.about(number), words(self._index.row(number).kind)
        hits = sum(word in around or (not word.isascii() and word in run) for word in about)
        return sum(_CONTEXT[:hits]) + (_KIND if kind and kind <= around else 0.0)

    def prior(self, number: int, most: float) -> float:
        """How usual a row is among those spelt alike, of which the most usual has `most`."""
        return max(_LEAST_PRIOR, math.log(self._index.row(number).prior / max(1.0, most)))

    def _about(self, number: int) -> frozenset[str]:
        """The words of a row's context that can tell something, without its own."""
        row = self._index.row(number)
        own = frozenset().union(*map(words, row.forms))
        telling = {word for word in words(row.context) if not word.isascii() or len(word) >= _LEAST_LETTERS}
        return frozenset(telling - own - _FUNCTION)

    def _coherence(self, one: int, other: int) -> float:
        """What two rows in one pair speak for each other."""
        if one == other:
            return 0.0
        named = self._names(one, other) or self._names(other, one)
        return _NAMED if named else _SHARED * bool(self.about(one) & self.about(other))

    def _names(self, one: int, other: int) -> bool:
        """Whether the context of a row names the other."""
        run = key(self._index.row(one).context)
        about = self.about(one)
        return any(form in about or (len(form) > _LEAST_LETTERS and form in run) for form in self._index.keys(other))


def agreed(scores: Mapping[int, float], chosen: int) -> float:
    """The share of one candidate against all others of its span and none of them, from their sums."""
    top = max(0.0, *scores.values())
    whole = math.fsum(math.exp(score - top) for score in scores.values()) + math.exp(-top)
    return math.exp(scores[chosen] - top) / whole


def _size(span: Span) -> float:
    size = len(span.key)
    if span.key.upper() == span.key and not span.key.isdigit() and not span.key.isascii():
        return _SIZE_OPEN.get(size, _OPEN_LONG)
    score = _SIZE.get(size, _LONGER if size >= 8 else _LONG)
    if score < 0 and span.text.isupper() and span.shape is not Shape.UPPER:
        score /= 2  # an abbreviation set apart from the words around it
    return score + (_SEVERAL_WORDS if len(_WORD.findall(span.text)) > 1 else 0.0)


def _spelt(text: str, form: str) -> float:
    if text == form:
        return _SPELT
    if text.casefold() != form.casefold():
        return _OTHER_SPACING
    if text.isupper():
        return _OTHER_CASE["upper"]
    if text.islower():
        return _OTHER_CASE["lower"]
    return _OTHER_CASE["title" if text == text.title() else "odd"]
