"""Another place: "left of" becomes "right of", "above" becomes "below", "in front of" becomes "behind"."""

from __future__ import annotations

import random
import re
from functools import cache

from burnish.negatives import wording, words
from burnish.negatives.ways._base import Given


def another_place(given: Given, lots: random.Random) -> str | None:
    """One word or phrase for a place becomes its opposite."""
    found = wording.one_of(lots, _places().finditer(given.text))
    if found is None:
        return None
    return wording.instead(given.text, *found.span(), words.relations()[" ".join(found[0].lower().split())])


@cache
def _places() -> re.Pattern[str]:
    phrases = (r"\s+".join(map(re.escape, phrase.split())) for phrase in words.relations())
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


WAY = another_place
