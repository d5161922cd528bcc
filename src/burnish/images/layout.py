"""The memory that a `Decoder` and its child share: what lies where. Both sides read and write only through this.

    0                  count of finished images (written by the child after each one)
    64                 n slots of 512 bytes: first where the image lies (offset, size), later the result
    64 + 512 n         the encoded images, one after the other
    after them         the pixels, one picture after the other

Results are packed by hand, not pickled: the child reads what strangers wrote, and its answers are checked like theirs.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence

import numpy as np

from burnish.values import ImageFault, Picture, Reason

_COUNT = struct.Struct("<Q")
_WHERE = struct.Struct("<QQ")
_RESULT = struct.Struct("<BQIIIIH")  # is a picture, offset of pixels, rows, columns, width, height, length of the text
_SLOT_BYTES = 512
_FIRST_SLOT = 64
_SEPARATOR = "\0"

BATCH = struct.Struct("<QQ")
"""The message to the child: number of images, bytes of shared memory in use."""


class BrokenReplyError(Exception):
    """A result that no sound child writes."""


def size_for(images: Sequence[bytes], side_px: int) -> int:
    """Bytes of shared memory a batch needs at most."""
    return _FIRST_SLOT + sum(_SLOT_BYTES + len(data) + side_px * side_px * 3 for data in images)


def put_images(memory: mmap.mmap, images: Sequence[bytes]) -> None:
    """Write a batch for the child."""
    memory[: _COUNT.size] = _COUNT.pack(0)
    at = _FIRST_SLOT + _SLOT_BYTES * len(images)
    for index, data in enumerate(images):
        _WHERE.pack_into(memory, _FIRST_SLOT + _SLOT_BYTES * index, at, len(data))
        memory[at : at + len(data)] = data
        at += len(data)


def get_image(memory: mmap.mmap, index: int) -> bytes:
    """The encoded image at `index`."""
    at, size = _WHERE.unpack_from(memory, _FIRST_SLOT + _SLOT_BYTES * index)
    data: bytes = memory[at : at + size]
    return data


def pixels_start(memory: mmap.mmap, count: int) -> int:
    """Where the first picture of a batch of `count` images goes. To be asked before any result is put."""
    at, size = _WHERE.unpack_from(memory, _FIRST_SLOT + _SLOT_BYTES * (count - 1))
    return int(at) + int(size)


def put_result(memory: mmap.mmap, index: int, result: Picture | ImageFault, at: int) -> int:
    """Write the result of image `index`, its pixels at `at`; returns where the next pixels go."""
    if isinstance(result, Picture):
        rows, columns, _ = result.rgb.shape
        sizes = rows, columns, result.width, result.height
        stop = at + result.rgb.nbytes
        memory[at:stop] = result.rgb.data.cast("B")
        text = _SEPARATOR.join((result.format, result.mode, *result.flags))
    else:
        sizes, stop = (0, 0, 0, 0), at
        text = _SEPARATOR.join((result.reason, result.detail))
    raw = text.encode(errors="replace")[: _SLOT_BYTES - _RESULT.size]
    slot = _FIRST_SLOT + _SLOT_BYTES * index
    _RESULT.pack_into(memory, slot, isinstance(result, Picture), at, *sizes, len(raw))
    memory[slot + _RESULT.size : slot + _RESULT.size + len(raw)] = raw
    memory[: _COUNT.size] = _COUNT.pack(index + 1)
    return stop


def finished(memory: mmap.mmap) -> int:
    """How many images of the batch have their result."""
    return int(_COUNT.unpack_from(memory)[0])


def get_result(memory: mmap.mmap, index: int, side_px: int) -> Picture | ImageFault:
    """The result of image `index`, with pixels of its own. Raises `BrokenReplyError`."""
    slot = _FIRST_SLOT + _SLOT_BYTES * index
    is_picture, at, rows, columns, width, height, length = _RESULT.unpack_from(memory, slot)
    raw = memory[slot + _RESULT.size : slot + _RESULT.size + length]
    parts = raw.decode("utf-8", "replace").split(_SEPARATOR)
    if length > _SLOT_BYTES - _RESULT.size or len(parts) < 2:
        raise BrokenReplyError("malformed slot")
    if not is_picture:
        if parts[0] not in set(Reason):
            raise BrokenReplyError(f"unknown reason {parts[0]!r}")
        return ImageFault(reason=Reason(parts[0]), detail=parts[1])
    size = rows * columns * 3
    if not (0 < rows <= side_px and 0 < columns <= side_px and at + size <= len(memory)):
        raise BrokenReplyError(f"{rows} x {columns} pixels at {at}")
    rgb = np.frombuffer(memory[at : at + size], np.uint8).reshape(rows, columns, 3)
    return Picture(rgb=rgb, width=width, height=height, format=parts[0], mode=parts[1], flags=tuple(parts[2:]))
