"""Where things are: left of the car against right of it. Things that there are several of are left alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from burnish.claims import PICTURE, Claim, Kind
from burnish.passes.conflicts import Read, apart
from burnish.passes.conflicts.counts import numbers

_OPPOSITE = {
    "left of": "right of", "right of": "left of", "above": "below", "below": "above",
    "in front of": "behind", "behind": "in front of", "on": "below",
}  # fmt: skip
_PLACES = {"left": "across", "right": "across", "top": "up and down", "bottom": "up and down"}


def relations(one: Read, other: Read) -> Iterator[tuple[str, str, str]]:
    """See `Contradiction`."""
    return apart(_places(one), _places(other))


def _places(read: Read) -> dict[str, set[str]]:
    """What is where, by pair of things (or thing) and direction; what is said both ways says nothing."""
    several = {noun for noun, values in numbers(read).items() if values != {"1"}}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for claim in read.claims:
        if claim.kind is Kind.RELATION and not claim.negated and not {claim.subject, claim.other} & several:
            for about, value in _said(claim):
                found[about].add(value)
    return {about: values for about, values in found.items() if len(values) == 1}


def _said(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.other == PICTURE:
        for word in claim.value.split():
            if word in _PLACES:
                yield f"{claim.subject} in the picture, {_PLACES[word]}", word
    elif claim.value in _OPPOSITE and claim.subject != claim.other:
        first, second = sorted((claim.subject, claim.other))
        value = claim.value if claim.subject == first else _OPPOSITE[claim.value]
        value = "above" if value == "on" else value
        way = " ".join(sorted((value, _OPPOSITE[value])))
        yield f"{first} and {second}, {way}", value


CONFLICT = relations
