"""A caption that is cut off: inside a word, as a field of a fixed length cuts it."""

from __future__ import annotations

import random

from burnish.negatives import wording
from burnish.negatives.ways._base import Given

_FEWEST_WORDS = 4
_FEWEST_LETTERS = 4


def cut_off(given: Given, lots: random.Random) -> str | None:
    """Cut inside one of the long words of the second half, so that at most half of the text is lost."""
    found = list(wording.words(given.text))
    later = [word for word in found[len(found) // 2 :] if len(word[0]) >= _FEWEST_LETTERS and word[0].isalpha()]
    if len(found) < _FEWEST_WORDS or not later:
        return None
    word = lots.choice(later)
    return given.text[: word.start() + lots.randint(1, len(word[0]) - 2)]


WAY = cut_off
