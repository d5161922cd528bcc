"""Rows that share a key, found on disk: keys are parted by their highest bits into files that fit in memory, each file
is sorted, and equal keys lie side by side. Memory is that of one part, whatever the number of rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from burnish.storage.stopping import stopping

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PART_ROWS = 1 << 20
"""Rows of a part; sorting one takes about 60 bytes a row, 63 MB."""
CHUNK_ROWS = 1 << 14
_MAX_PARTS = 1 << 10
"""Open files at once; beyond 2**30 rows parts grow."""


class Partitions:
    """(key, row) as it is added, then part by part in order of key, rows of one key in the order of `order`."""

    def __init__(self, folder: Path, rows: int, part_rows: int = PART_ROWS) -> None:
        """`rows` are expected, keys being spread evenly over 64 bits. `folder` is there and its content may go."""
        parts = min(_MAX_PARTS, max(1, math.ceil(rows / part_rows)))
        self._bits = max(0, math.ceil(math.log2(parts)))
        self._folder = folder
        self._files: dict[int, BinaryIO] = {}

    def add(self, keys: NDArray[np.uint64], rows: NDArray[np.int64]) -> None:
        """Append rows with their keys; rows ascend, from call to call too."""
        import numpy as np

        both = np.empty((len(keys), 2), np.uint64)
        both[:, 0], both[:, 1] = keys, rows.view(np.uint64)
        if not self._bits:
            self._write(0, both)
            return
        part = (keys >> np.uint64(64 - self._bits)).astype(np.int64)
        ordered = np.argsort(part, kind="stable")
        both, part = both[ordered], part[ordered]
        ends = np.flatnonzero(np.diff(part)) + 1
        for piece, at in zip(np.split(both, ends), [0, *ends], strict=True):
            if len(piece):
                self._write(int(part[at]), piece)

    def _write(self, part: int, both: NDArray[np.uint64]) -> None:
        with stopping("write", str(self._folder)):
            if part not in self._files:
                self._files[part] = (self._folder / f"part-{part:05d}").open("w+b")
            self._files[part].write(both.tobytes())

    def read(self, *, again: bool = False) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
        """(keys, rows) of each part, sorted by key and then by row; a part's file is removed when it was read, unless
        it is to be read `again`.
        """
        import numpy as np

        for part in sorted(self._files):
            file = self._files[part]
            with stopping("read", str(self._folder)):
                file.seek(0)
                both = np.frombuffer(file.read(), np.uint64).reshape(-1, 2)
            if not again:
                self._drop(part)
            keys, rows = both[:, 0], both[:, 1].astype(np.int64)
            ordered = np.argsort(keys, kind="stable")
            yield keys[ordered], rows[ordered]

    def _drop(self, part: int) -> None:
        file = self._files.pop(part)
        file.close()
        Path(file.name).unlink()


def starts(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Of sorted `keys`: where the run of equal ones begins that each lies in."""
    import numpy as np

    places = np.arange(len(keys))
    first = np.ones(len(keys), np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    return np.asarray(np.maximum.accumulate(np.where(first, places, 0)), np.int64)


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each value spread over 64 bits (the avalanche of splitmix64), one to one."""
    import numpy as np

    u = np.uint64
    x = values + u(0x9E3779B97F4A7C15)
    x = (x ^ (x >> u(30))) * u(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> u(27))) * u(0x94D049BB133111EB)
    return x ^ (x >> u(31))


def hashed(rows: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """One number for each row of bytes (n, a multiple of 8)."""
    import numpy as np

    words = np.ascontiguousarray(rows).view(np.uint64)
    found = np.zeros(len(words), np.uint64)
    for at in range(words.shape[1]):
        found = mixed(found ^ words[:, at])
    return found
