"""A near object: a thing becomes its neighbour in its class ("a dog" becomes "a fox"), after cluster-based word
substitution. Harder to notice than a thing of another class.
"""

from __future__ import annotations

import random

from burnish.negatives import wording, words
from burnish.negatives.ways._base import Given

REACH = 3
"""Places in a class that count as near."""


def near_object(given: Given, lots: random.Random) -> str | None:
    """A noun gives way to one that stands at most `REACH` places from it in its class, in the same number."""
    known = words.nouns()
    said = {known[word[0].lower()].kind[known[word[0].lower()].place] for word in _nouns(given)}
    found = wording.one_of(lots, _nouns(given))
    if found is None:
        return None
    old = known[found[0].lower()]
    near = old.kind[max(0, old.place - REACH) : old.place + REACH + 1]
    new = wording.other(lots, near, but=tuple(said))
    return None if new is None else wording.instead(given.text, *found.span(), old.like(new))


def _nouns(given: Given) -> list[wording.Word]:
    return [word for word in wording.words(given.text) if word[0].lower() in words.nouns()]


WAY = near_object
