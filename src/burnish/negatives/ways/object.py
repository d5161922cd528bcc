"""Another object: a thing becomes a thing of another class ("a dog" becomes "a lamp")."""

from __future__ import annotations

import random

from burnish.negatives import wording, words
from burnish.negatives.ways._base import Given


def another_object(given: Given, lots: random.Random) -> str | None:
    """A noun that has a class gives way to one of any other class, in the same number."""
    known = words.nouns()
    found = wording.one_of(lots, (word for word in wording.words(given.text) if word[0].lower() in known))
    if found is None:
        return None
    old = known[found[0].lower()]
    kind = lots.choice([kind for kind in words.kinds() if kind != old.kind])
    return wording.instead(given.text, *found.span(), old.like(lots.choice(kind)))


WAY = another_object
