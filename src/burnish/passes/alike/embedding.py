"""Pictures of the same content by the built-in model's embedding: strong crops too, and other pictures of a kind.

The limit is a cosine. Signs of random projections (Charikar 2002) bring pairs together: of two embeddings at an angle a
each agrees with probability 1 - a / pi, and there are as many tables as give pairs just at the limit a chance of 95 %
to meet. The cosine itself is then taken, of numbers rounded to 8 bits (error under 0.01).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from burnish.passes.alike import Seen, limit_of
from burnish.passes.partitions import hashed, mixed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from burnish.backends.builtin.judge import Judge

SIDE_PX = 224
DIMENSIONS = 384
SIGNS = 256
DEFAULT = 0.9
CHANCE = 0.95
MEET = 16
"""Others that may share a key, on average over evenly spread signs."""
_HEAD = SIGNS // 8
_TABLES = 256
_BITS = (8, 24)


@cache
def _judge() -> Judge:
    from burnish.backends.builtin.judge import Judge

    return Judge()


@cache
def _directions() -> NDArray[np.float32]:
    """(`DIMENSIONS`, `SIGNS`) of 1 and -1, the same on every machine."""
    import numpy as np

    drawn = mixed(np.arange(DIMENSIONS * SIGNS // 64, dtype=np.uint64)).view(np.uint8)
    return 2 * np.unpackbits(drawn).reshape(DIMENSIONS, SIGNS).astype(np.float32) - 1


class NearEmbedding:
    """The signature is `SIGNS` signs and the embedding scaled to length 127."""

    size = _HEAD + DIMENSIONS
    side_px = SIDE_PX

    def __init__(self, limit: float | None) -> None:
        self.limit = limit_of("embedding", limit, DEFAULT, 0.7, 1.0)

    def signatures(self, seen: Sequence[Seen]) -> list[bytes | None]:
        """See `Alike`. One picture a call of the model, so that batches change nothing."""
        return [None if each.picture is None else _signature(each.picture.rgb) for each in seen]

    def tables(self, rows: int) -> int:
        """See `Alike`."""
        agree = 1 - math.acos(min(1.0, self.limit)) / math.pi
        meet = agree ** _bits(rows)
        return 1 if meet >= CHANCE else min(_TABLES, math.ceil(math.log(1 - CHANCE) / math.log(1 - meet)))

    def keys(self, signatures: NDArray[np.uint8], table: int, rows: int) -> NDArray[np.uint64]:
        """See `Alike`."""
        import numpy as np

        order = np.argsort(mixed(np.arange(SIGNS, dtype=np.uint64) + np.uint64(SIGNS * table)), kind="stable")
        wanted = np.zeros(SIGNS, np.uint8)
        wanted[order[: _bits(rows)]] = 1
        return hashed(signatures[:, :_HEAD] & np.packbits(wanted))

    def maybe(self, ones: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:  # noqa: ARG002
        """64 of the signs tell nothing sure."""
        import numpy as np

        return np.ones(len(ones), np.bool_)

    def same(self, ones: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """See `Alike`."""
        import numpy as np

        left, right = (
            np.ascontiguousarray(rows[:, _HEAD:]).view(np.int8).astype(np.float32) for rows in (ones, others)
        )
        lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
        return np.asarray((left * right).sum(axis=1) >= (self.limit - 1e-6) * lengths)


def _signature(rgb: NDArray[np.uint8]) -> bytes | None:
    import numpy as np

    (seen,) = _judge().look([rgb])
    length = float(np.linalg.norm(seen.joint))
    if seen.blank or not length:
        return None
    signs = np.packbits(seen.joint @ _directions() > 0)
    return bytes(signs.tobytes() + np.rint(seen.joint / length * 127).astype(np.int8).tobytes())


def _bits(rows: int) -> int:
    """Signs in a key."""
    return max(_BITS[0], min(_BITS[1], math.ceil(math.log2(max(2, rows) / MEET))))


ALIKE = NearEmbedding
