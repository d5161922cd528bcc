"""Orders in free wording: sentences in which several signs of talk to a judge meet, in whatever order.

One sign alone ("full marks", "please", "this photo") is in many captions; the sets in `MEETINGS` are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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


def meetings(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, stop, kind) of one sentence, or else two that follow each other, in which signs of an order meet."""
    places = [sentence.span() for sentence in SENTENCE.finditer(text)]
    seen = [_signs(text[start:stop]) for start, stop in places]
    for at, (start, stop) in enumerate(places):
        kind = _kind(seen[at])
        if kind:
            yield start, stop, kind
        elif (
            at
            and not _kind(seen[at - 1])
            and (kind := _kind([a | b for a, b in zip(*seen[at - 1 : at + 1], strict=True)]))
        ):
            yield places[at - 1][0], stop, kind


def _kind(seen: list[frozenset[str]]) -> str:
    return next((kind for kind, signs in MEETINGS if any(signs <= found for found in seen)), "")


def _signs(sentence: str) -> list[frozenset[str]]:
    """The signs in a sentence, by language."""
    return [frozenset(sign for sign, words in signs.items() if words.search(sentence)) for signs in _load()]


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
