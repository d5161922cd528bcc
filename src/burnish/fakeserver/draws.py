"""Chance that is none: shares in 0..1 decided by a hash, the same in every process and in any order of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import xxhash

T = TypeVar("T")


def digest(data: bytes) -> str:
    """32 hexadecimal digits that name `data`."""
    return xxhash.xxh3_128_hexdigest(data)


@dataclass(frozen=True, slots=True)
class Draw:
    """A source of shares with a name; the same name gives the same shares, whatever was drawn before."""

    name: str

    def under(self, part: object) -> Draw:
        """Another source, named after this one and `part`."""
        return Draw(f"{self.name}/{part}")

    def share(self, of: object) -> float:
        """A number in 0 <= x < 1."""
        named = f"{self.name}/{of}".encode("utf-8", "surrogatepass")
        return (xxhash.xxh3_64_intdigest(named) >> 11) / 2**53

    def pick(self, of: object, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[int(self.share(of) * len(options))]

    def whole(self, of: object, low: int, high: int) -> int:
        """An integer, low <= x <= high."""
        return low + int(self.share(of) * (high - low + 1))
