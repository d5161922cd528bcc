"""Colours of things: a red car against a blue one. Colours that people call differently are one (gray, silver)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from burnish.claims import Kind
from burnish.passes.conflicts import Read

_FAMILIES = (
    ("red", "maroon", "orange", "magenta", "pink"),
    ("orange", "yellow", "golden", "brown", "tan"),
    ("yellow", "golden", "beige", "cream"),
    ("green", "teal", "turquoise"),
    ("blue", "navy", "teal", "turquoise", "cyan"),
    ("purple", "violet", "magenta", "pink", "maroon"),
    ("pink", "beige", "cream"),
    ("blue", "purple", "violet"),
    ("black", "navy"),
    ("black", "gray", "grey"),
    ("gray", "grey", "silver", "white"),
    ("white", "beige", "cream"),
    ("brown", "tan", "beige", "maroon"),
)
"""Which colours may be meant by one another."""

COLOURS = frozenset(word for family in _FAMILIES for word in family)
_LIKE = {word: frozenset(w for family in _FAMILIES if word in family for w in family) for word in COLOURS}


def colours_of(read: Read) -> dict[str, set[str]]:
    """Which colours a caption gives to what."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for claim in read.claims:
        if claim.kind is Kind.ATTRIBUTE and not claim.negated and claim.value in COLOURS:
            found[claim.subject].add(claim.value)
    return dict(found)


def colours(one: Read, other: Read) -> Iterator[tuple[str, str, str]]:
    """See `Contradiction`."""
    mine, theirs = colours_of(one), colours_of(other)
    for about in sorted(mine.keys() & theirs.keys()):
        if not any(_LIKE[word] & theirs[about] for word in mine[about]):
            yield about, ", ".join(sorted(mine[about])), ", ".join(sorted(theirs[about]))


CONFLICT = colours
