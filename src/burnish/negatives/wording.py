"""Putting words in the place of others so that the text still reads like one."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

Word: TypeAlias = re.Match[str]

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*|\d+")
_ARTICLE = re.compile(r"\b(an?)(\s+)$", re.IGNORECASE)


def words(text: str) -> Iterator[Word]:
    """The words and numbers of `text`, in order, as they stand."""
    return _WORD.finditer(text)


def instead(text: str, start: int, stop: int, new: str) -> str:
    """`text` with `new` for the characters from `start` to `stop`: a capital stays one, "a" and "an" agree."""
    old = text[start:stop]
    if len(old) > 1 and old.isupper():
        new = new.upper()
    elif old[:1].isupper():
        new = new[:1].upper() + new[1:]
    return _agreeing(text[:start], new) + new + text[stop:]


def _agreeing(before: str, new: str) -> str:
    article = _ARTICLE.search(before)
    if article is None or not new[:1].isalpha():
        return before
    right = "an" if new[0].lower() in "aeiou" else "a"
    return before[: article.start()] + article[1][0] + right[1:] + article[2]


def other(lots: random.Random, choices: Iterable[str], *, but: Sequence[str]) -> str | None:
    """One of `choices` that is none of `but`, or None."""
    left = [choice for choice in choices if choice not in but]
    return lots.choice(left) if left else None


def one_of(lots: random.Random, found: Iterable[Word]) -> Word | None:
    """One match of several, or None."""
    matches = list(found)
    return lots.choice(matches) if matches else None
