"""Another quality: a colour becomes another one, a size, state or pattern its opposite."""

from __future__ import annotations

import random

from burnish.negatives import wording, words
from burnish.negatives.ways._base import Given


def another_attribute(given: Given, lots: random.Random) -> str | None:
    """One quality that the text names is changed."""
    known = {*words.COLOURS, *words.opposites()}
    found = wording.one_of(lots, (word for word in wording.words(given.text) if word[0].lower() in known))
    if found is None:
        return None
    old = found[0].lower()
    new = words.opposites().get(old) or wording.other(lots, words.COLOURS, but=(old,))
    return None if new is None else wording.instead(given.text, *found.span(), new)


WAY = another_attribute
