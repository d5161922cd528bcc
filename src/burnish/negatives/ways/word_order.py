"""A caption whose words stand in no order."""

from __future__ import annotations

import random

from burnish.negatives import wording
from burnish.negatives.ways._base import Given

_FEWEST_WORDS = 4


def shuffled(given: Given, lots: random.Random) -> str | None:
    """All words in an order by lot, in lower case but for the first; marks stay where they stood."""
    found = list(wording.words(given.text))
    bare = [word[0] if word.start() else word[0].lower() for word in found]
    if len({word.lower() for word in bare}) < _FEWEST_WORDS:
        return None
    order = list(bare)
    lots.shuffle(order)
    if order == bare:
        order = order[1:] + order[:1]
    parts, reached = [], 0
    for word, new in zip(found, order, strict=True):
        parts += [given.text[reached : word.start()], new]
        reached = word.end()
    made = "".join((*parts, given.text[reached:]))
    return made[:1].upper() + made[1:]


WAY = shuffled
