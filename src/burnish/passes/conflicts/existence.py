"""What one caption says is there and the other says is not: a dog against no dog. Leaving it out is no denial."""

from __future__ import annotations

from collections.abc import Iterator

from burnish.claims import Kind
from burnish.passes.conflicts import Read


def existence(one: Read, other: Read) -> Iterator[tuple[str, str, str]]:
    """See `Contradiction`."""
    mine, denied = _spoken(one)
    theirs, refused = _spoken(other)
    for noun in sorted((mine & refused) | (denied & theirs)):
        yield noun, *(("there", "not there") if noun in mine else ("not there", "there"))


def _spoken(read: Read) -> tuple[set[str], set[str]]:
    """What is said to be there, and what is denied and nowhere said to be there."""
    found = [claim for claim in read.claims if claim.kind is Kind.EXISTENCE]
    there = {claim.subject for claim in found if not claim.negated}
    return there, {claim.subject for claim in found if claim.negated} - there


CONFLICT = existence
