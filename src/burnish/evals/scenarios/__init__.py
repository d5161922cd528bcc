"""Where items with truth come from. One file each; the file's name is the scenario's, as NAME or NAME:SOURCE.

A scenario yields its items picture by picture, the good text before what was made of it. The same seed gives the same
items; no two seeds of a measurement share a picture, so that seeds are independent and no case counts twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, cast

import xxhash

from burnish import discovery
from burnish.errors import UsageError
from burnish.evals.trials import Item

KIND = "evals.scenarios"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a scenario is made from: `source` ("" if it has none), a file of `labels` ("" if none), at most `limit`
    pictures, seen with their long side at most `side_px`, and the `seed` of whatever is drawn. Of what there is, this
    seed has one part in `parts`, the one numbered `part`.
    """

    source: str = ""
    labels: str = ""
    limit: int
    side_px: int
    seed: int
    part: int = 0
    parts: int = 1

    def takes(self, name: str) -> bool:
        """Whether the picture called `name` is this seed's: decided by a hash of the name. Of few pictures a part may
        have none.
        """
        return drawn(name) % self.parts == self.part


class NothingThereError(UsageError):
    """A scenario has no item. With several parts that is said of this part alone; it is true if all of them say so."""


def drawn(name: str) -> int:
    """A number drawn by a hash of `name`: the same everywhere."""
    return xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogatepass"))


class Scenario(Protocol):
    """See the module."""

    def __call__(self, given: Given) -> Iterator[Item]:
        """The items. Raises `UsageError` for what cannot be, `NothingThereError` if there are none."""
        ...


def load(name: str) -> Scenario:
    """The scenario called `name`; raises `UsageError` with the nearest name."""
    return cast(Scenario, discovery.load(KIND, name))


def needs_source(name: str, given: Given) -> str:
    """The source. Raises `UsageError` if there is none."""
    if not given.source:
        raise UsageError(f"the scenario {name} needs a source.\nExample: --scenario {name}:SRC")
    return given.source
