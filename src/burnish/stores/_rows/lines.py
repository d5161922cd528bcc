"""A file cut at line feeds and nowhere else (hazard 17), one line at a time, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from burnish.stores._strict_json import MAX_BYTES

_PIECE_BYTES: Final = 1 << 20
_KEPT_BYTES: Final = 64 << 10
_BLANK: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line with its end as found. `number` counts from 1, `start` is its byte offset. `size` is its whole length;
    `raw` holds all of it, or the first 64 KiB if it is longer than a line may be.
    """

    number: int
    start: int
    raw: bytes
    size: int


def lines(file: BinaryIO) -> Iterator[Line]:
    """The lines that are not blank. Carriage returns and other separators are part of a line."""
    number = start = 0
    while raw := file.readline(MAX_BYTES + 1):
        number += 1
        size = len(raw)
        if size > MAX_BYTES and not raw.endswith(b"\n"):
            size += _rest(file)
            raw = raw[:_KEPT_BYTES]
        if raw.strip(_BLANK):
            yield Line(number=number, start=start, raw=raw, size=size)
        start += size


def _rest(file: BinaryIO) -> int:
    size = 0
    while piece := file.readline(_PIECE_BYTES):
        size += len(piece)
        if piece.endswith(b"\n"):
            break
    return size
