"""The k-th smallest of numbers that do not fit in memory, exactly: a histogram of their highest bits, then of the next
bits of those that may be it, until they fit.
"""

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
HELD = 1 << 20
"""Numbers sorted in memory, 8 MB; more are looked at once more by their next bits."""


def cuts(pieces: Pieces, counts: Sequence[int], held: int = HELD) -> list[int]:
    """For each k of `counts` a number with exactly k of all numbers below it (RANGE if all are), if no two are equal.

    Equal numbers are on one side together. `pieces` is called at least once, and at most eight times for each k whose
    neighbourhood is crowded. Memory: 2**16 counters, and of each k at most `held` numbers.
    """
    import numpy as np

    ends = np.cumsum(_histogram(pieces, 0, 0))
    total = int(ends[-1])
    found: dict[int, int] = {k: RANGE for k in counts if k >= total}
    left: dict[int, list[tuple[int, int]]] = {}
    for k in sorted({k for k in counts if k < total}):
        bucket = int(np.searchsorted(ends, k, side="right"))
        left.setdefault(bucket, []).append((k, k - (int(ends[bucket - 1]) if bucket else 0)))
    sizes = np.diff(ends, prepend=0)
    small = {bucket for bucket in left if sizes[bucket] <= held}
    for bucket, ordered in _sorted(pieces, small).items():
        found.update({k: int(ordered[rank]) for k, rank in left[bucket]})
    for bucket in left.keys() - small:
        found.update({k: _narrowed(pieces, (bucket, _BITS, rank), held) for k, rank in left[bucket]})
    return [found[k] for k in counts]


def _sorted(pieces: Pieces, buckets: set[int]) -> dict[int, NDArray[np.uint64]]:
    """The numbers of some buckets, each sorted, in one reading."""
    import numpy as np

    held: dict[int, list[NDArray[np.uint64]]] = {bucket: [] for bucket in buckets}
    for piece in pieces() if held else ():
        of = (piece >> np.uint64(_SHIFT)).astype(np.int64)
        for bucket, kept in held.items():
            kept.append(piece[of == bucket])
    return {bucket: np.sort(np.concatenate(kept)) for bucket, kept in held.items()}


def _narrowed(pieces: Pieces, at: tuple[int, int, int], held: int) -> int:
    """The number of a rank among those that begin with `prefix`, which has `known` bits; `at` is the three of them."""
    import numpy as np

    prefix, known, rank = at
    while known < 64:
        counts = _histogram(pieces, prefix, known)
        ends = np.cumsum(counts)
        step = int(np.searchsorted(ends, rank, side="right"))
        rank -= int(ends[step - 1]) if step else 0
        prefix, known = (prefix << _BITS) | step, known + _BITS
        if known < 64 and counts[step] <= held:
            kept = [piece[(piece >> np.uint64(64 - known)) == np.uint64(prefix)] for piece in pieces()]
            return int(np.sort(np.concatenate(kept))[rank])
    return prefix


def _histogram(pieces: Pieces, prefix: int, known: int) -> NDArray[np.int64]:
    """How many numbers that begin with the `known` bits of `prefix` have each of the next 16 bits."""
    import numpy as np

    found = np.zeros(1 << _BITS, np.int64)
    for piece in pieces():
        mine = piece if not known else piece[(piece >> np.uint64(64 - known)) == np.uint64(prefix)]
        following = (mine >> np.uint64(64 - known - _BITS)) & np.uint64((1 << _BITS) - 1)
        found += np.bincount(following.astype(np.int64), minlength=1 << _BITS)
    return found


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
