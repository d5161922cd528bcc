"""Nearly the same picture: re-encoded, resized, hardly cropped or retouched.

A perceptual hash of 64 bits (the signs, against their median, of the lowest frequencies of a 32 x 32 grey picture; as
in the pHash of Zauner 2010) brings pairs together. It sees the frame and little else, so of 6,000 drawings it takes all
playing cards for one; therefore a grey picture of 16 x 16 and a coloured one of 8 x 8 have to agree in every cell too,
up to one cell's shift and to brightness, and the shapes. Mirrored, rotated and strongly cropped pictures are not found.

All pairs within `limit` bits meet: the bits are cut into limit + k blocks, of which at most `limit` can differ, so k of
them agree, and there is a table for each choice of k (Manku, Jain, Das Sarma 2007). k grows with the number of rows, so
that few others meet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING

from burnish.passes.alike import Seen, limit_of
from burnish.passes.partitions import mixed
from burnish.values import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 32
LOW = 8
DEFAULT = 6
MAX_BITS = 12
MAX_GREY = 30
MAX_COLOUR = 25
"""Largest difference of a cell, of 255, from the nearest of the nine round it in the other picture, when both are
equally bright. Re-encoded and resized pictures stay under it (97 of 100 and more), most others do not
(docs/figures/passes.md).
"""
MAX_BRIGHTER = 32.0
"""By how much one of them may be brighter, of 255."""
MAX_SHAPE = 0.15
"""Difference of the logarithms of width / height."""
MIN_CONTRAST = 2.0
"""Standard deviation of the grey picture, of 255, under which there is nothing to hash."""
MEET = 16
"""Others that may share a key, on average over evenly spread hashes."""

_GREY = 16
_COLOUR = 8
_HEAD = 16
_SPLIT = _HEAD + _GREY * _GREY


@cache
def _cosines() -> NDArray[np.float32]:
    """The first `LOW` rows of the cosine transform of `SIDE` points."""
    import numpy as np

    rows, points = np.arange(LOW)[:, None], np.arange(SIDE)[None, :]
    return np.cos(np.pi * rows * (2 * points + 1) / (2 * SIDE)).astype(np.float32)


def small(picture: Picture) -> NDArray[np.uint8]:
    """The picture as `SIDE` x `SIDE` x 3, whatever its shape: each cell the mean of what it covers."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture.rgb))
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX), np.uint8)


def signature(picture: Picture) -> bytes | None:
    """Hash (8 bytes), shape (float64), grey (256), colours (192 bytes); None for a picture without contrast."""
    import numpy as np

    rgb = small(picture).astype(np.float32)
    grey = rgb @ np.array([0.299, 0.587, 0.114], np.float32)
    if float(grey.std()) < MIN_CONTRAST:
        return None
    low = (_cosines() @ grey @ _cosines().T).ravel()
    low[0] = 0.0  # the mean brightness says nothing of what is there
    bits = np.packbits(low > np.median(low))
    shape = np.float64(math.log(picture.width / picture.height))
    return b"".join((bits.tobytes(), shape.tobytes(), _cells(grey[..., None], _GREY), _cells(rgb, _COLOUR)))


def _cells(pixels: NDArray[np.float32], side: int) -> bytes:
    """Means of `side` x `side` equal cells."""
    import numpy as np

    step = SIDE // side
    means = pixels.reshape(side, step, side, step, -1).mean(axis=(1, 3))
    return bytes(np.rint(means).astype(np.uint8).tobytes())


class NearImage:
    """`limit`: bits of the hash that may differ."""

    size = _SPLIT + 3 * _COLOUR * _COLOUR
    side_px = 2 * SIDE

    def __init__(self, limit: float | None) -> None:
        self.limit = limit_of("near_image", limit, DEFAULT, 0, MAX_BITS)

    def signatures(self, seen: Sequence[Seen]) -> list[bytes | None]:
        """See `Alike`."""
        return [signature(each.picture) if each.picture is not None else None for each in seen]

    def tables(self, rows: int) -> int:
        """See `Alike`."""
        return len(self._choices(rows))

    def keys(self, signatures: NDArray[np.uint8], table: int, rows: int) -> NDArray[np.uint64]:
        """See `Alike`."""
        import numpy as np

        hashes = np.ascontiguousarray(signatures[:, :8]).view(np.uint64)[:, 0]
        return mixed(hashes & np.uint64(self._choices(rows)[table]))

    def _choices(self, rows: int) -> tuple[int, ...]:
        return masks(int(self.limit), rows)

    def maybe(self, ones: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """See `Alike`."""
        import numpy as np

        return np.asarray(np.bitwise_count(ones ^ others) <= self.limit)

    def same(self, ones: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """See `Alike`."""
        import numpy as np

        bits = np.bitwise_count(ones[:, :8] ^ others[:, :8]).sum(axis=1) <= self.limit
        shapes = (np.ascontiguousarray(rows[:, 8:16]).view(np.float64)[:, 0] for rows in (ones, others))
        shape = np.abs(np.subtract(*shapes)) <= MAX_SHAPE
        found = np.asarray(bits & shape)
        for part, side, most in (
            (slice(_HEAD, _SPLIT), _GREY, MAX_GREY),
            (slice(_SPLIT, None), _COLOUR, MAX_COLOUR),
        ):
            left = found.nonzero()[0]
            found[left] = _agree(_grid(ones[left, part], side), _grid(others[left, part], side), most)
        return found


def _grid(cells: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """(n, channels, side, side): numpy is slow along a last axis of one or three."""
    import numpy as np

    grid = cells.reshape(len(cells), side, side, cells.shape[1] // (side * side))
    return np.ascontiguousarray(np.moveaxis(grid, 3, 1), np.float32)


def _agree(ones: NDArray[np.float32], others: NDArray[np.float32], most: float) -> NDArray[np.bool_]:
    """Whether grids (n, channels, side, side) agree, each cell with one near it in the other grid."""
    import numpy as np

    brighter = ones.mean(axis=(1, 2, 3), keepdims=True) - others.mean(axis=(1, 2, 3), keepdims=True)
    found = np.abs(brighter[:, 0, 0, 0]) <= MAX_BRIGHTER
    others = others + brighter
    for swapped in (False, True):
        left = found.nonzero()[0]
        one, other = (others, ones) if swapped else (ones, others)
        found[left] = _farthest(one[left], other[left]) <= most
    return np.asarray(found)


def _farthest(ones: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each grid the largest difference of a cell from the nearest of the nine round it in the other grid."""
    import numpy as np

    channels, side = ones.shape[1:3]
    padded = np.pad(others, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    nearest = np.full((len(ones), side, side), np.inf, np.float32)
    for down, right in product(range(3), range(3)):
        apart = np.abs(ones - padded[:, :, down : down + side, right : right + side])
        worst = apart[:, 0]
        for channel in range(1, channels):
            np.maximum(worst, apart[:, channel], out=worst)
        np.minimum(nearest, worst, out=nearest)
    return np.asarray(nearest.max(axis=(1, 2), initial=0))


@cache
def masks(bits: int, rows: int) -> tuple[int, ...]:
    """For each table the bits that have to agree: any two hashes that differ in at most `bits` agree in one of them."""
    blocks = next(k for k in range(1, 65) if 64 * k / (bits + k) >= math.log2(max(2, rows) / MEET) or k == 64 - bits)
    edges = [round(64 * at / (bits + blocks)) for at in range(bits + blocks + 1)]
    pieces = [(1 << stop) - (1 << start) for start, stop in pairwise(edges)]
    return tuple(sum(choice) for choice in combinations(pieces, blocks))


ALIKE = NearImage
