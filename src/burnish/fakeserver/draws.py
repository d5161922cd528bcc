"""Chance that is none: shares in 0..1 decided by a hash, the same in every process and in any order of calls."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


def digest(*parts: object) -> str:
    """32 hexadecimal digits that name `parts`."""
    return hashlib.blake2b("\0".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Draw:
    """A source of shares with a name; the same name gives the same shares, whatever was drawn before."""

    name: str

    def under(self, *parts: object) -> Draw:
        """Another source, named after this one and `parts`."""
        return Draw(digest(self.name, *parts))

    def share(self, of: object) -> float:
        """A number in 0 <= x < 1."""
        return int(digest(self.name, of)[:13], 16) / 16**13

    def pick(self, of: object, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[int(self.share(of) * len(options))]

    def whole(self, of: object, low: int, high: int) -> int:
        """An integer, low <= x <= high."""
        return low + int(self.share(of) * (high - low + 1))
