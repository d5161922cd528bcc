"""Numbers that decide: drawn from what a pair is, never from where it stands or who is asking.

A pair's identity is a 64-bit hash of (seed, key, hash of the image bytes): order, shards, workers, resume and the place
of the source cannot change it. Each question put to a pair draws its own number by splitmix64, an avalanche on 64 bits,
which numpy can do for a million pairs at once.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import xxhash

from burnish.texts import storable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RANGE = 2**64
"""Draws are whole numbers in [0, RANGE)."""

_GOLDEN = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_MASK = RANGE - 1
_TURN_BITS = 32


class Why(IntEnum):
    """What a number is drawn for: no two questions share one. Numbers from 100 on are for roles, one each."""

    COPIES = 1
    ROLE = 2
    VARIANT = 3
    PIECE = 4
    AFFIX = 5
    PROMPT = 6
    ORDER = 7
    LANE = 8
    KEEP = 9
    QUOTA = 10
    ACCEPT = 100


def identity(seed: int, key: str, image_xxh128: str) -> int:
    """The hash that stands for a pair. Lone surrogates of a key count as they are stored."""
    return xxhash.xxh3_64_intdigest(f"{seed}\0{storable(key)[0]}\0{image_xxh128}".encode())


def draw(who: int, why: int, turn: int = 0) -> int:
    """A number in [0, RANGE), uniform over pairs, for one question and one turn (0 <= turn < 2**32)."""
    x = (who + ((why << _TURN_BITS) + turn + 1) * _GOLDEN) & _MASK
    x = ((x ^ (x >> 30)) * _FIRST) & _MASK
    x = ((x ^ (x >> 27)) * _SECOND) & _MASK
    return x ^ (x >> 31)


def draws(who: NDArray[np.uint64], why: int, turn: int = 0) -> NDArray[np.uint64]:
    """`draw` for many pairs at once: the same numbers."""
    import numpy as np

    u = np.uint64
    x = who + u((((why << _TURN_BITS) + turn + 1) * _GOLDEN) & _MASK)
    x = (x ^ (x >> u(30))) * u(_FIRST)
    x = (x ^ (x >> u(27))) * u(_SECOND)
    return x ^ (x >> u(31))


def below(drawn: NDArray[np.uint64], cut: int) -> NDArray[np.bool_]:
    """Which of `drawn` are under `cut`, which may be RANGE: all of them."""
    import numpy as np

    return np.ones(len(drawn), np.bool_) if cut >= RANGE else drawn < np.uint64(cut)


def cut_of(share: float) -> int:
    """The number under which a `share` (0..1) of all draws lies."""
    return min(RANGE, max(0, round(share * RANGE)))


def cycled(who: int, why: int, turn: int, count: int) -> int:
    """One of `count` places: where it starts is drawn, then one further each turn, so `count` turns reach them all."""
    return (draw(who, why) + turn) % count
