"""Nearly the same text: the share of common runs of letters, estimated by MinHash (Broder 1997), met in bands.

Of each text the runs of `RUN` letters are hashed, and of each of `HASHES` random orders of them the smallest is kept,
16 bits of it. Two texts with the Jaccard similarity s of their runs agree in a share s of these: the estimate has a
standard deviation of sqrt(s (1 - s) / 120), 0.037 at s = 0.8. They meet if all of a band's 6 agree, in any of 20 bands:
with probability 1 - (1 - s^6)^20, which is 0.998 at 0.8, 0.92 at 0.7 and 0.08 at 0.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from burnish.passes.alike import Seen, limit_of
from burnish.passes.alike.text import normal
from burnish.passes.partitions import hashed, mixed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RUN = 5
BANDS = 20
BAND = 6
HASHES = BANDS * BAND
DEFAULT = 0.8
_BYTES = 2 * HASHES
_PAD = -2 * BAND % 8


@cache
def _orders() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Odd factors and summands of the random orders: the same on every machine."""
    import numpy as np

    drawn = mixed(np.arange(2 * HASHES, dtype=np.uint64))
    return drawn[:HASHES] | np.uint64(1), drawn[HASHES:]


def minhash(texts: Sequence[str]) -> NDArray[np.uint16]:
    """(n, `HASHES`) of texts of at least `RUN` letters each."""
    import numpy as np

    lengths = np.array([len(text) for text in texts], np.int64)
    letters = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).astype(np.uint64)
    whole = np.zeros(len(letters) - RUN + 1, np.uint64)
    for at in range(RUN):
        whole = mixed(whole ^ letters[at : len(whole) + at])
    runs = lengths - RUN + 1
    ends = np.cumsum(runs)
    inside = np.arange(ends[-1]) + np.repeat(np.cumsum(lengths) - lengths - (ends - runs), runs)
    whole = whole[inside]  # without the runs that reach from one text into the next
    found = np.empty((len(texts), HASHES), np.uint16)
    for at, (factor, summand) in enumerate(zip(*_orders(), strict=True)):
        ordered = (whole * factor + summand) >> np.uint64(16)
        found[:, at] = np.minimum.reduceat(ordered, ends - runs).astype(np.uint16)
    return found


class NearText:
    """The signature is `HASHES` numbers of 16 bits. Texts shorter than `RUN` letters are like none."""

    size = _BYTES
    side_px = 0

    def __init__(self, limit: float | None) -> None:
        self.limit = limit_of("near_text", limit, DEFAULT, 0.5, 1.0)

    def signatures(self, seen: Sequence[Seen]) -> list[bytes | None]:
        """See `Alike`."""
        normals = [normal(each.text) for each in seen]
        long = [at for at, text in enumerate(normals) if len(text) >= RUN]
        found: list[bytes | None] = [None] * len(normals)
        if long:
            for at, row in zip(long, minhash([normals[at] for at in long]), strict=True):
                found[at] = row.tobytes()
        return found

    def tables(self, rows: int) -> int:  # noqa: ARG002 - as `Alike` has it
        """The bands."""
        return BANDS

    def keys(self, signatures: NDArray[np.uint8], table: int, rows: int) -> NDArray[np.uint64]:  # noqa: ARG002
        """See `Alike`."""
        import numpy as np

        band = signatures[:, 2 * BAND * table : 2 * BAND * (table + 1)]
        return hashed(np.pad(band, ((0, 0), (0, _PAD))))

    def maybe(self, ones: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:  # noqa: ARG002
        """Four of the numbers tell nothing sure."""
        import numpy as np

        return np.ones(len(ones), np.bool_)

    def same(self, ones: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """See `Alike`."""
        import numpy as np

        return np.asarray((ones.view(np.uint16) == others.view(np.uint16)).mean(axis=1) >= self.limit)


ALIKE = NearText
