"""Ways in which two pairs can be alike. One file a way; its name is its name on the command line.

A way makes of each pair a signature, a row of bytes of one size, and knows two things about signatures: under which
keys pairs that may be alike meet, and whether two of them are. Everything between is the same for all ways
(`burnish.passes.grouping`), so that a way holds no loop over pairs of pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.values import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KIND = "passes.alike"
DEFAULT = ("image", "near_image")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What a way may look at: the caption, the digest of the image file, and the picture if the way sees one."""

    text: str
    image_xxh128: str
    picture: Picture | None = None


class Alike(Protocol):
    """A way. `size`: bytes of a signature, a multiple of 8. `side_px`: of the picture it sees, 0 if none is needed.
    `limit`: how much alike two have to be, on the way's own scale (0 where there is no more and less).
    """

    size: int
    side_px: int
    limit: float

    def signatures(self, seen: Sequence[Seen]) -> list[bytes | None]:
        """One signature a pair, None for a pair that this way says nothing about. Depends on that pair alone."""
        ...

    def tables(self, rows: int) -> int:
        """How many keys each of `rows` signatures has."""
        ...

    def keys(self, signatures: NDArray[np.uint8], table: int, rows: int) -> NDArray[np.uint64]:
        """The key of each signature (n, size) in one of ``tables(rows)``: alike pairs share one, most others none."""
        ...

    def maybe(self, ones: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether pairs may be alike, by the first eight bytes of their signatures: quick, never wrongly no."""
        ...

    def same(self, ones: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Whether pairs are alike. Symmetric; true of equal signatures."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way as it is asked for: its name and, if not its own, its limit."""

    name: str
    limit: float | None = None

    @classmethod
    def of(cls, text: str) -> Way:
        """From ``NAME`` or ``NAME:LIMIT``."""
        name, sep, limit = text.strip().partition(":")
        if not sep:
            return cls(name=name)
        try:
            return cls(name=name, limit=float(limit))
        except ValueError:
            raise UsageError(f"{text!r}: the limit is no number.\nExample: near_image:4") from None

    def load(self) -> Alike:
        """The way itself. Raises `UsageError` with the nearest name, or for a limit that cannot be."""
        make = cast("Callable[[float | None], Alike]", discovery.load(KIND, self.name))
        return make(self.limit)


def limit_of(name: str, given: float | None, default: float, low: float, high: float) -> float:
    """`given`, or `default` if there is none. Raises `UsageError` outside ``low``..``high``."""
    if given is None:
        return default
    if not low <= given <= high:
        raise UsageError(f"{name}:{given:g}: the limit must lie between {low:g} and {high:g}.")
    return given


def no_limit(name: str, given: float | None) -> float:
    """For ways that are yes or no. Raises `UsageError` if a limit is given all the same."""
    if given is not None:
        raise UsageError(f"{name}:{given:g}: {name} has no limit, pairs are the same or not.\nLeave out :{given:g}.")
    return 0.0
