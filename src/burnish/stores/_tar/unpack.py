"""Compressed shards (gzip, zstd) to a plain file: streamed, size and ratio capped, what came before a cut kept."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from burnish.values import Reason

_CHUNK: Final = 64 << 10
_PIECE: Final = 1 << 20
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"

_RATIO_GRACE: Final = 64 << 20
"""Bytes before the ratio counts: a small shard of texts may well pack 200 to 1, and 64 MiB of disk harm nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps of unpacking. Images hardly pack at all: a shard of pairs has a ratio near 1, of texts alone below 30."""

    max_bytes: int = 64 << 30
    max_ratio: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """How unpacking ended. `reason` is None if all was well; `size` bytes came out of `packed_read` bytes."""

    size: int
    packed_read: int
    reason: Reason | None = None
    detail: str = ""


class _DamagedError(Exception):
    """The compressed stream ends early or is wrong from here."""


def is_compressed(path: Path) -> bool:
    """By content, because names lie: a plain tar called ``.tar.gz`` is read as it is."""
    with path.open("rb") as file:
        magic = file.read(4)
    return magic.startswith(_GZIP_MAGIC) or magic == _ZSTD_MAGIC


def unpack(packed: Path, plain: Path, limits: Limits) -> Unpacked:
    """Write the content of `packed` to `plain`, up to damage or a cap. Raises only `OSError`."""
    size = 0
    with packed.open("rb") as source, plain.open("wb") as sink:
        pieces = _gzip_pieces(source) if source.read(2) != _ZSTD_MAGIC[:2] else _zstd_pieces(source)
        source.seek(0)
        try:
            for piece in pieces:
                size += len(piece)
                over = _over(size, source.tell(), limits)
                if over:
                    sink.write(piece[: max(0, limits.max_bytes - (size - len(piece)))])
                    return _end(sink, source, Reason.COMPRESSED_LIMIT, over)
                sink.write(piece)
        except _DamagedError as error:
            return _end(sink, source, Reason.TRUNCATED_MEMBER, str(error))
        return Unpacked(size=size, packed_read=source.tell())


def _end(sink: BinaryIO, source: BinaryIO, reason: Reason, detail: str) -> Unpacked:
    return Unpacked(size=sink.tell(), packed_read=source.tell(), reason=reason, detail=detail)


def _over(size: int, packed: int, limits: Limits) -> str:
    if size > limits.max_bytes:
        return f"unpacks to more than {limits.max_bytes:,} bytes"
    if size > _RATIO_GRACE and size > packed * limits.max_ratio:
        return f"{packed:,} bytes unpacked to {size:,}, more than {limits.max_ratio} to 1"
    return ""


def _gzip_pieces(source: BinaryIO) -> Iterator[bytes]:
    """Plain bytes of one or more gzip members. Before each step the state is kept, so that a step that fails is done
    again byte by byte and everything in front of the damage comes out.
    """
    engine = zlib.decompressobj(wbits=31)
    fresh = True
    while chunk := source.read(_CHUNK):
        while chunk:
            if engine.eof:
                if not chunk.strip(b"\0"):
                    break  # padding after the last member, as tapes and some uploaders leave it
                engine, fresh = zlib.decompressobj(wbits=31), True
            before = engine.copy()
            try:
                yield engine.decompress(chunk, _PIECE)
            except zlib.error as error:
                yield from _until_damage(before, chunk)
                raise _DamagedError(f"gzip stream damaged near byte {source.tell() - len(chunk):,}: {error}") from error
            fresh = False
            chunk = engine.unconsumed_tail or engine.unused_data
    if not engine.eof and not fresh:
        yield engine.flush()
    if not engine.eof:
        raise _DamagedError(f"gzip stream ends early, at byte {source.tell():,}")


def _until_damage(engine: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    for at in range(len(chunk)):
        try:
            piece = engine.decompress(chunk[at : at + 1], _PIECE)
            while engine.unconsumed_tail:
                piece += engine.decompress(engine.unconsumed_tail, _PIECE)
        except zlib.error:
            return  # the caller reports it
        yield piece


def _zstd_pieces(source: BinaryIO) -> Iterator[bytes]:
    import pyarrow as pa

    try:
        with pa.CompressedInputStream(_Forward(source), "zstd") as stream:
            while piece := stream.read(_CHUNK):
                yield piece
    except OSError as error:
        if error.errno is not None:  # the disk, not the stream
            raise
        raise _DamagedError(f"zstd stream damaged near byte {source.tell():,}: {error}") from error


class _Forward(io.RawIOBase):
    """The source without its position and its close, so that `unpack` stays its owner."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._source.read(size)
