"""New tar members and the way a shard's plain bytes leave: as they are, or packed as the shard came."""

from __future__ import annotations

import gzip
import tarfile
from typing import Any, BinaryIO, Final

from burnish.stores._tar.header import BLOCK, padded

_RECORD: Final = 20 * BLOCK  # tar's customary blocking factor: archives are padded to a multiple of it
_GZIP_LEVEL: Final = 6
_ZSTD_LEVEL: Final = 3
_MODE: Final = 0o644

_BEFORE_SIZE: Final = b"%07o\0" % _MODE + b"%07o\0" % 0 * 2  # mode, uid, gid
_BEHIND_SIZE: Final = b"%011o\0" % 0 + b" " * 8  # mtime, and the checksum as it counts itself
# type, link name, magic, names of owner and group, device numbers, prefix and the rest of the block
_REST: Final = b"0" + bytes(100) + b"ustar\x0000" + bytes(64) + b"%07o\0" % 0 * 2 + bytes(167)


def pack_member(name: str, content: bytes) -> bytes:
    """A whole member (header, content, padding): mtime 0, uid and gid 0, mode 0644; the same input gives the same
    bytes. Long and odd names get a PAX header.
    """
    return _header(name, len(content)) + content + bytes(padded(len(content)) - len(content))


def _header(name: str, size: int) -> bytes:
    if len(name) > 100 or not name.isascii() or size >= 8**11:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, _MODE
        return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    block = name.encode().ljust(100, b"\0") + _BEFORE_SIZE + b"%011o\0" % size + _BEHIND_SIZE + _REST
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


class TarSink:
    """Counts what goes out and ends the archive. `name` decides the packing: ``.gz``/``.tgz``, ``.zst`` or none."""

    def __init__(self, sink: BinaryIO, name: str) -> None:
        """Takes over `sink` and closes it at the end."""
        self._sink = sink
        self._out: Any = _packer(sink, name.lower())
        self._size = 0

    def write(self, *pieces: bytes) -> None:
        """Pieces that together fill whole blocks, or will."""
        for piece in pieces:
            self._out.write(piece)
            self._size += len(piece)

    def pad(self) -> None:
        """Zeros to the next block."""
        self.write(bytes(-self._size % BLOCK))

    def close(self) -> None:
        """End the archive with two zero blocks and pad it to a record."""
        self.write(bytes(2 * BLOCK))
        self.write(bytes(-self._size % _RECORD))
        if self._out is not self._sink:
            self._out.close()
        self._sink.close()


def _packer(sink: BinaryIO, name: str) -> Any:
    if name.endswith((".gz", ".tgz")):
        return gzip.GzipFile(filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=sink, mtime=0)
    if name.endswith(".zst"):
        import pyarrow as pa

        return pa.CompressedOutputStream(pa.PythonFile(sink, "w"), "zstd")
    return sink
