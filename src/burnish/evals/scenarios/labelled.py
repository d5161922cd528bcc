"""Pairs that people have called good or bad: labelled:SRC with --labels FILE (key, good).

What is wrong with a bad one nobody says, so there is one kind, "bad".
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from burnish.errors import UsageError
from burnish.evals.labels import read_labels
from burnish.evals.scenarios import Given, NothingThereError, needs_source
from burnish.evals.scenarios._pictures import shown
from burnish.evals.trials import BAD, Item


def labelled(given: Given) -> Iterator[Item]:
    """The items. Raises `UsageError` without labels, `NothingThereError` if none of their keys is in the source."""
    source = needs_source("labelled", given)
    if not given.labels:
        raise UsageError("the scenario labelled needs to know which pairs are good.\nExample: --labels labels.csv")
    labels = read_labels(given.labels)
    empty = True
    pairs = shown(source, given.side_px, lambda pair: pair.key in labels and given.takes(pair.key))
    for pair, picture in islice(pairs, given.limit):
        empty = False
        kind = "" if labels[pair.key] else BAD
        yield Item(key=pair.key, picture=picture, text=pair.text, kind=kind, group=pair.key)
    if empty:
        raise NothingThereError(f"no key of {given.labels} is that of a pair of {source}.")


SCENARIO = labelled
