"""The k-th smallest of numbers that do not fit in memory: two readings, a histogram between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from burnish.mixing.draws import RANGE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pieces = Callable[[], "Iterator[NDArray[np.uint64]]"]

_BITS = 16
_SHIFT = 64 - _BITS


def cuts(pieces: Pieces, counts: Sequence[int]) -> list[int]:
    """For each k of `counts` a number with exactly k of all numbers below it (RANGE if all are), if no two are equal.

    Equal numbers are on one side together. `pieces` is called twice. Memory: 2**16 counters, and of each k the numbers
    that share its first 16 bits.
    """
    import numpy as np

    histogram = np.zeros(1 << _BITS, np.int64)
    for piece in pieces():
        histogram += np.bincount((piece >> np.uint64(_SHIFT)).astype(np.int64), minlength=1 << _BITS)
    ends = np.cumsum(histogram)
    total = int(ends[-1])
    buckets = {k: int(np.searchsorted(ends, k, side="right")) for k in counts if k < total}
    held: dict[int, list[NDArray[np.uint64]]] = {bucket: [] for bucket in buckets.values()}
    for piece in pieces() if held else ():
        of = (piece >> np.uint64(_SHIFT)).astype(np.int64)
        for bucket, found in held.items():
            found.append(piece[of == bucket])
    ordered = {bucket: np.sort(np.concatenate(found)) for bucket, found in held.items()}
    before = {bucket: int(ends[bucket - 1]) if bucket else 0 for bucket in held}
    return [RANGE if k >= total else int(ordered[buckets[k]][k - before[buckets[k]]]) for k in counts]


def sortable(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Floats as whole numbers in the same order (sign flipped, or all bits where it is set)."""
    import numpy as np

    bits = (values + 0.0).view(np.uint64)  # + 0.0: one zero, not two
    negative = bits >> np.uint64(63) == np.uint64(1)
    return np.where(negative, ~bits, bits | np.uint64(1 << 63))


def unsorted(number: int) -> float:
    """The float that `sortable` made `number` of."""
    import struct

    bits = number ^ (1 << 63) if number >> 63 else ~number & (RANGE - 1)
    return float(struct.unpack("<d", struct.pack("<Q", bits))[0])
