"""Numbers of things: two dogs against three dogs. "A dog" names no number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from burnish.claims import Kind
from burnish.passes.conflicts import OF_FILES, Read, apart


def numbers(read: Read) -> dict[str, set[str]]:
    """How many of what a caption says there are."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for claim in read.claims:
        counted = claim.kind is Kind.COUNT and not claim.negated and claim.subject not in OF_FILES
        if counted and not claim.value.startswith("0"):  # "03" numbers a file
            found[claim.subject].add(claim.value)
    return dict(found)


def counts(one: Read, other: Read) -> Iterator[tuple[str, str, str]]:
    """See `Contradiction`."""
    return apart(numbers(one), numbers(other))


CONFLICT = counts
