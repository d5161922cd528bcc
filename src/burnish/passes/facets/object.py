"""The things that an English caption says are there, by the claim rules (docs/claims.md): several values a pair."""

from __future__ import annotations

from burnish.claims import Kind
from burnish.claims.rules import split
from burnish.passes.facets import Told, nothing_more


class Object:
    """See `Facet`."""

    needs_fields = False

    def __init__(self, of: str) -> None:
        nothing_more("object", of)

    def values(self, told: Told) -> tuple[str, ...]:
        """See `Facet`."""
        named = (claim for claim in split(told.text) if claim.kind is Kind.EXISTENCE and not claim.negated)
        return tuple(dict.fromkeys(claim.subject for claim in named if claim.subject))


FACET = Object
