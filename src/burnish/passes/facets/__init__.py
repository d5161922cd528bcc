"""What quotas count by. One file a facet; its name is its name on the command line.

A facet gives each pair its values: one (its language, its host), several (the objects its caption names), or none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.mixing.sources import Entry
from burnish.values import Json

KIND = "passes.facets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a facet may look at. `fields` is empty unless the facet needs them."""

    source: str
    entry: Entry
    text: str
    fields: Mapping[str, Json] = field(default_factory=dict)


class Facet(Protocol):
    """A facet. `needs_fields`: whether it looks at the pair's own fields, so that sources and not records are read."""

    needs_fields: bool

    def values(self, told: Told) -> tuple[str, ...]:
        """The different values of a pair, none of them empty."""
        ...


def load(text: str) -> Facet:
    """The facet ``NAME`` or ``NAME:OF``. Raises `UsageError` with the nearest name."""
    name, _, of = text.partition(":")
    make = cast("Callable[[str], Facet]", discovery.load(KIND, name))
    return make(of)


def nothing_more(name: str, of: str) -> None:
    """Raises `UsageError` if a facet that takes nothing was given something."""
    if of:
        raise UsageError(f"{name}:{of}: {name} takes nothing behind a colon.\nLeave out :{of}.")
