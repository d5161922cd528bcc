"""What a kind of scenes must give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from burnish.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One pair: `suffix` is what its key has behind the number, `ending` what its image file is called, `noise` what
    was done to its text. `fields` have the same keys and types, none of them empty, in every pair of a kind.
    """

    image: bytes
    text: str
    noise: str
    fields: dict[str, Json]
    suffix: str = ""
    ending: str = "png"


class Kind(Protocol):
    """Makes pairs from a seed and a number."""

    def __call__(self, seed: int, number: int, noise: float, key: str) -> Iterator[Member]:
        """The pairs of one number; `noise` (0..1) is the share of spoilt texts, `key` the number as a key."""
        ...
