"""Several decoding children for one worker: a model that is quicker than one of them is not kept waiting."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.images.decoder import Decoder
from burnish.images.limits import Limits
from burnish.values import ImageFault, Picture


class Decoders:
    """`Decoder`s that share each batch: the same results in the same order as one of them gives."""

    def __init__(self, limits: Limits, side_px: int, number: int) -> None:
        """`number` of children, at least 1; the rest is as for a `Decoder`."""
        self._team = [Decoder(limits, side_px) for _ in range(number)]

    def submit(self, images: Sequence[bytes]) -> None:
        """Start decoding `images` and return at once. A batch still in flight is abandoned."""
        each = -(-len(images) // len(self._team))  # neighbours stay together: a child's memory grows with its part
        for index, decoder in enumerate(self._team):
            decoder.submit(images[index * each : (index + 1) * each])

    def collect(self) -> list[Picture | ImageFault]:
        """Wait for the batch of the last `submit`: one result per image, same order; empty if there is none."""
        return [result for decoder in self._team for result in decoder.collect()]

    def close(self) -> None:
        """End the children and forget the batch in flight; the next `submit` starts anew."""
        for decoder in self._team:
            decoder.close()
