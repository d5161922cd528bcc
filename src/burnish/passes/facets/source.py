"""The source a pair is from, by its name in the call."""

from __future__ import annotations

from burnish.passes.facets import Told, nothing_more


class SourceName:
    """See `Facet`."""

    needs_fields = False

    def __init__(self, of: str) -> None:
        nothing_more("source", of)

    def values(self, told: Told) -> tuple[str, ...]:
        """See `Facet`."""
        return (told.source,)


FACET = SourceName
