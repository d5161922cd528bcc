"""The group of alike pairs an earlier pass put it in (--keep DUPS); a pair in no group has no value."""

from __future__ import annotations

from burnish.passes.facets import Told, nothing_more


class Group:
    """See `Facet`."""

    needs_fields = False

    def __init__(self, of: str) -> None:
        nothing_more("group", of)

    def values(self, told: Told) -> tuple[str, ...]:
        """See `Facet`."""
        return tuple(dict.fromkeys(keep.group for keep in told.entry.keep if keep.group))


FACET = Group
