"""The same image file, to the byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from burnish.passes.alike import Seen, no_limit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class SameImage:
    """The signature is the digest of the file (xxh3, 128 bits)."""

    size = 16
    side_px = 0

    def __init__(self, limit: float | None) -> None:
        self.limit = no_limit("image", limit)

    def signatures(self, seen: Sequence[Seen]) -> list[bytes | None]:
        """See `Alike`."""
        return [bytes.fromhex(each.image_xxh128) for each in seen]

    def tables(self, rows: int) -> int:  # noqa: ARG002 - as `Alike` has it
        """One key, the digest itself."""
        return 1

    def keys(self, signatures: NDArray[np.uint8], table: int, rows: int) -> NDArray[np.uint64]:  # noqa: ARG002
        """See `Alike`."""
        import numpy as np

        return np.ascontiguousarray(signatures[:, :8]).view(np.uint64)[:, 0]

    def maybe(self, ones: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """See `Alike`."""
        import numpy as np

        return np.asarray(ones == others)

    def same(self, ones: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """All 128 bits."""
        import numpy as np

        return np.asarray((ones == others).all(axis=1))


ALIKE = SameImage
