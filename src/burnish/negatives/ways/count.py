"""Another number: "two dogs" become "five dogs", "a dog" becomes "three dogs"."""

from __future__ import annotations

import random
import re
from functools import cache

from burnish.claims.lexicon import plural, singular
from burnish.negatives import wording, words
from burnish.negatives.ways._base import Given

_MOST = 6
"""Larger numbers nobody counts."""

_ARTICLE = re.compile(
    rf"\ban?\s+((?:[a-z]+\s+){{0,2}}?)({'|'.join(sorted(words.nouns(), key=len, reverse=True))})\b", re.IGNORECASE
)
"""An article, at most two words, a noun."""


def another_number(given: Given, lots: random.Random) -> str | None:
    """One number from 1 to 10 before a word becomes another one; where there is none, one thing becomes several."""
    numbers = [word for word in wording.words(given.text) if _value(word[0]) and _counts(given.text, word)]
    if not numbers:
        return _several(given.text, lots)
    found = lots.choice(numbers)
    value = _value(found[0])
    new = lots.choice([number for number in range(1, _MOST + 1) if number != value])
    said = str(new) if found[0].isdecimal() else words.NUMBERS[new - 1]
    made = wording.instead(given.text, *found.span(), said)
    return _agreeing(made, found.start() + len(said), value, new)


def _value(word: str) -> int:
    """What a number says, 0 for other words and larger numbers."""
    if word.isdecimal():
        return int(word) if len(word) < 3 and 1 <= int(word) <= len(words.NUMBERS) else 0
    return words.NUMBERS.index(word.lower()) + 1 if word.lower() in words.NUMBERS else 0


def _counts(text: str, word: wording.Word) -> bool:
    """Whether a word of letters follows: "two dogs", not "room 2"."""
    return re.match(r" +[^\W\d_]{2,}", text[word.end() :]) is not None


def _agreeing(text: str, start: int, old: int, new: int) -> str:
    """`text` with the thing that is counted after `start` in the right number, if it is one we know."""
    if (old == 1) == (new == 1):
        return text
    for word in list(wording.words(text[start:]))[:3]:
        low = word[0].lower()
        if low in words.nouns():
            right = plural(low) if new > 1 else singular(low)
            return wording.instead(text, start + word.start(), start + word.end(), right)
    return text


def _several(text: str, lots: random.Random) -> str | None:
    """One thing after an article becomes several."""
    found = wording.one_of(lots, (match for match in _ARTICLE.finditer(text) if match[2].lower() in _ones()))
    if found is None:
        return None
    number = lots.choice(words.NUMBERS[1:_MOST])
    return wording.instead(text, *found.span(), f"{number} {found[1]}{plural(found[2].lower())}")


@cache
def _ones() -> frozenset[str]:
    return frozenset(word for word, noun in words.nouns().items() if not noun.many)


WAY = another_number
