"""The language of the caption (ISO 639-1), or `UNSURE`, as of most captions of a few words."""

from __future__ import annotations

from burnish.guards import language
from burnish.passes.facets import Told, nothing_more

UNSURE = "und"
"""ISO 639-2's code for undetermined."""


class Language:
    """See `Facet`."""

    needs_fields = False

    def __init__(self, of: str) -> None:
        nothing_more("language", of)

    def values(self, told: Told) -> tuple[str, ...]:
        """See `Facet`."""
        return (language(told.text) or UNSURE,) if told.text.strip() else ()


FACET = Language
