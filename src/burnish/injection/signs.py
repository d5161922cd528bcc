"""Orders in free wording: sentences in which several signs of talk to a judge meet, in whatever order.

One sign alone ("full marks", "please", "this photo") is in many captions; the sets in `MEETINGS` are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from burnish.injection.languages import Words, words

MEETINGS: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (kind, frozenset(signs.split()))
    for kind, signs in (
        ("rate", "this grade best"),
        ("rate", "this judging best"),
        ("rate", "this mild plea"),
        ("rate", "you judging grade best"),
        ("rate", "you judging best order"),
        ("rate", "judging grade best order"),
        ("rate", "captions must grade best"),
        ("rate", "captions order all best"),
        ("rate", "plea grade mild"),
        ("rate", "plea grade best"),
        ("rate", "plea judging best"),
        ("rate", "over told best"),
        ("rate", "over told output"),
        ("rate", "criteria all best"),
        ("rate", "spare grade"),
        ("rate", "spare this"),
        ("rate", "spare pipeline"),
        ("ignore", "cancel best grade"),
        ("ignore", "cancel judging best"),
        ("ignore", "cancel earlier"),
        ("reader", "role grade best"),
        ("reader", "role judging all"),
        ("reader", "pipeline order best"),
        ("reader", "pipeline this order"),
        ("reader", "machine this best"),
        ("reader", "machine captions best"),
        ("reader", "machine must grade"),
        ("write", "rewrite captions advert"),
        ("write", "captions must advert"),
        ("write", "output copied told"),
    )
)
"""What an order is made of: the kind of order and the signs that must meet in one or two sentences."""

SENTENCE = re.compile(r"(?:[^.!?\n。！？]|\.(?=\S))+[.!?\n。！？]*")
"""One sentence with its end; a dot inside a word ends none."""

_BETWEEN = r"\s(?:.{0,30}?\s)?"
_ADVERT = r"\b[\w-]{2,}\.(?:example|com|net|org|shop|store|io|co|de|fr|cn)\b|https?:|www\."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of a folded text, from `start` up to `stop`, and the signs in it, by language."""

    start: int
    stop: int
    signs: tuple[frozenset[str], ...]


def sentences(text: str) -> list[Sentence]:
    """The sentences of a folded text, in order."""
    places = (sentence.span() for sentence in SENTENCE.finditer(text))
    return [Sentence(start=start, stop=stop, signs=signs(text[start:stop])) for start, stop in places]


def joined(first: Sentence, second: Sentence) -> Sentence:
    """Two sentences that follow each other as one."""
    both = tuple(a | b for a, b in zip(first.signs, second.signs, strict=True))
    return Sentence(start=first.start, stop=second.stop, signs=both)


def meetings(found: Sequence[Sentence]) -> Iterator[tuple[int, int, str]]:
    """(start, stop, kind) of one sentence, or else two that follow each other, in which signs of an order meet."""
    for at, sentence in enumerate(found):
        if kind := _kind(sentence):
            yield sentence.start, sentence.stop, kind
        elif at and not _kind(found[at - 1]) and (kind := _kind(joined(found[at - 1], sentence))):
            yield found[at - 1].start, sentence.stop, kind


def _kind(sentence: Sentence) -> str:
    return next((kind for kind, signs in MEETINGS if any(signs <= found for found in sentence.signs)), "")


def signs(text: str) -> tuple[frozenset[str], ...]:
    """The signs in a folded text, by language."""
    return tuple(frozenset(sign for sign, words in signs.items() if words.search(text)) for signs in _load())


@cache
def names() -> tuple[str, ...]:
    """The names of all signs, sorted."""
    return tuple(sorted(frozenset().union(*_load())))


@cache
def _load() -> tuple[dict[str, re.Pattern[str]], ...]:
    return tuple(_compiled(language) for language in words() if language.signs)


def _compiled(language: Words) -> dict[str, re.Pattern[str]]:
    edge = r"\b" if language.spaced else ""
    signs = {sign: re.compile(_shape(found, edge)) for sign, found in language.signs.items()}
    return signs | {"advert": re.compile(_ADVERT)}


def _shape(chosen: list[str], edge: str) -> str:
    """A star stands for any ending, three dots between words for nothing or up to thirty characters."""
    plain = (re.escape(word.casefold()) for word in sorted(chosen, key=len, reverse=True))
    shapes = (word.replace(r"\*", r"\w*").replace(r"\ \.\.\.\ ", _BETWEEN).replace(r"\ ", r"\s+") for word in plain)
    return f"{edge}(?:{'|'.join(shapes)}){edge}"
