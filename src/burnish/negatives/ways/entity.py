"""Another name: a person, a place or a year becomes another one. What no picture can refute a judge that sees only the
picture will refuse here; one that knows faces or landmarks may not.
"""

from __future__ import annotations

import random
import re

from burnish.backends.builtin import lexicon
from burnish.negatives import wording, words
from burnish.negatives.ways._base import Given

_NAME = re.compile(r"(?<![.!?\"'\u201c] )(?<!^)\b[A-Z][a-z]+(?: [A-Z][a-z]+)*\b")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def another_name(given: Given, lots: random.Random) -> str | None:
    """A capitalised name inside a sentence, of words that are not all everyday words, or a year."""
    names = [m for m in _NAME.finditer(given.text) if not all(map(lexicon.known, m[0].split()))]
    found = wording.one_of(lots, (*names, *_YEAR.finditer(given.text)))
    if found is None:
        return None
    if found[0].isdigit():
        shift = lots.choice([years for years in range(-30, 31) if abs(years) > 3])
        return given.text[: found.start()] + str(int(found[0]) + shift) + given.text[found.end() :]
    new = wording.other(lots, words.PEOPLE if " " in found[0] else words.PLACES, but=(found[0],))
    return None if new is None else given.text[: found.start()] + new + given.text[found.end() :]


WAY = another_name
