"""Any pairs whose texts are good (corrupted:SRC), and the same texts spoilt in eleven known ways.

Only texts of at least two words can be spoilt in all ways; shorter ones are passed over. What is wrong with the texts
as they are counts as good: the figures are no better than the source.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from burnish import edits
from burnish.evals.scenarios import Given, NothingThereError, needs_source
from burnish.evals.scenarios._pictures import shown
from burnish.evals.scenarios._spoiling import spoilt
from burnish.evals.trials import Item

MIN_WORDS = 2


def corrupted(given: Given) -> Iterator[Item]:
    """The items. Raises `NothingThereError` if no pair of the source can be used."""
    source = needs_source("corrupted", given)
    usable = (
        (pair.key, picture, " ".join(pair.text.split()))
        for pair, picture in shown(source, given.side_px, lambda pair: given.takes(pair.key))
        if len(edits.words(pair.text)) >= MIN_WORDS
    )
    pairs = list(islice(usable, given.limit))
    if not pairs:
        raise NothingThereError(f"{source} has no pair with a picture and a text of at least {MIN_WORDS} words.")
    yield from spoilt(pairs, given.seed)


SCENARIO = corrupted
