"""Decoding in a bounded child process: a crash, a hang or a bomb costs one image, never the run."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from burnish.errors import UsageError
from burnish.images.limits import Limits
from burnish.values import ImageFault, Picture, Reason

if TYPE_CHECKING:
    from burnish.images.process import Process

_CHUNK_BYTES = 2**26
"""Shared memory a chunk may need, unless one image alone needs more."""

_RECYCLE_IMAGES = 20_000
"""A child is replaced after so many images, against leaks in decoders: one start of 0.2 s in some 20 s."""


class Decoder:
    """`decode` for batches, in a child process that is started at the first batch and replaced when it dies.

    The image the child died on is tried once more, alone in a fresh child, because an earlier one may have damaged
    its memory; if that dies too the image is the fault (`DECODER_CRASH` or `DECODE_TIMEOUT`). All others get the
    result they would get alone. One batch may be in flight; a `Decoder` belongs to one thread, and a fork of the
    process gets a child of its own. Raises `StopError` if the child cannot start or cannot decode a sound image:
    that is the machine's fault.
    """

    def __init__(self, limits: Limits, side_px: int) -> None:
        """`side_px` bounds the long side of every picture."""
        if side_px < 1:
            raise UsageError(f"side_px must be at least 1, not {side_px}.")
        self._limits = limits
        self._side_px = side_px
        self._process: Process | None = None
        self._waiting: deque[list[bytes]] = deque()  # chunks of the batch in flight; the first is at the child
        self._served = 0

    def decode_batch(self, images: Sequence[bytes]) -> list[Picture | ImageFault]:
        """One result per image, same order."""
        self.submit(images)
        return self.collect()

    def submit(self, images: Sequence[bytes]) -> None:
        """Start decoding `images` and return at once. A batch still in flight is abandoned."""
        if self._waiting or (self._process is not None and not self._process.is_ours):
            self.close()
        self._waiting.extend(self._chunks(images))
        self._send_next()

    def collect(self) -> list[Picture | ImageFault]:
        """Wait for the batch of the last `submit`: one result per image, same order; empty if there is none."""
        results: list[Picture | ImageFault] = []
        while self._waiting:
            results.extend(self._finish(self._waiting[0]))
            self._waiting.popleft()
            self._send_next()
        return results

    def close(self) -> None:
        """End the child and forget the batch in flight; the next `submit` starts anew."""
        self._waiting.clear()
        self._drop()

    def __enter__(self) -> Self:
        """Starts nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _chunks(self, images: Sequence[bytes]) -> Iterator[list[bytes]]:
        room_for_pixels = 3 * self._side_px**2
        chunk: list[bytes] = []
        size = 0
        for data in images:
            needs = min(len(data), self._limits.max_bytes) + room_for_pixels
            if chunk and size + needs > _CHUNK_BYTES:
                yield chunk
                chunk, size = [], 0
            chunk.append(data)
            size += needs
        if chunk:
            yield chunk

    def _send_next(self) -> None:
        if self._waiting:
            if self._served > _RECYCLE_IMAGES:
                self._drop()
            self._send(self._waiting[0])

    def _send(self, images: Sequence[bytes]) -> None:
        from burnish.images.process import Process

        if self._process is None:
            self._process = Process(self._limits, self._side_px)
            self._served = 0
        self._served += len(images)
        # What is over the size limit does not travel: an empty stand-in does, and `_finish` puts the fault there.
        self._process.send([b"" if self._limits.excess(data) else data for data in images])

    def _receive(self) -> tuple[list[Picture | ImageFault], ImageFault | None]:
        assert self._process is not None
        results, death = self._process.receive()
        if death is not None:
            self._drop()
        return results, death

    def _finish(self, images: list[bytes]) -> list[Picture | ImageFault]:
        """Results of the chunk that was sent, whatever it takes."""
        results, death = self._receive()
        while death is not None:
            results.append(self._alone(images[len(results)], death))
            if len(results) == len(images):
                break
            self._send(images[len(results) :])
            more, death = self._receive()
            results.extend(more)
        return [self._limits.excess(data) or result for data, result in zip(images, results, strict=True)]

    def _alone(self, data: bytes, death: ImageFault) -> Picture | ImageFault:
        """A second try for the image a child died on. Spent CPU time needs none: it does not depend on the load."""
        if death.reason is Reason.DECODE_TIMEOUT and "CPU" in death.detail:
            return death
        self._send([data])
        results, again = self._receive()
        return again or results[0]

    def _drop(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None
