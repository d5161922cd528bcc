"""A field of the pair, such as field:license."""

from __future__ import annotations

from burnish.errors import UsageError
from burnish.passes.facets import Told

_MAX_CHARS = 200


class Field:
    """See `Facet`."""

    needs_fields = True

    def __init__(self, of: str) -> None:
        if not of:
            raise UsageError("the facet field needs the name of one.\nExample: --by field:license")
        self._name = of

    def values(self, told: Told) -> tuple[str, ...]:
        """See `Facet`."""
        value = told.fields.get(self._name)
        if value is None or isinstance(value, list | dict):
            return ()
        shown = str(value).strip()[:_MAX_CHARS]
        return (shown,) if shown else ()


FACET = Field
