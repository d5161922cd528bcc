"""A local file of lines that is only ever appended to: a line counts once it is on stable storage, and knows by its
checksum when it was damaged.

A last line without its end was being written when its process died, and nobody was told that it counts: unless all of
it is there, it is no line, and the next one takes its place.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import orjson

from burnish.storage.files import LocalFiles
from burnish.storage.stopping import stopping
from burnish.values import Json

_BLOCK = 1 << 16


class Appended:
    """One such file, written by one process at a time."""

    def __init__(self, path: Path) -> None:
        """Nothing is touched yet, and `path` need not exist."""
        self._path = path
        self._end: int | None = None

    def contents(self) -> Iterator[dict[str, Json] | None]:
        """What the lines say, in order; None for one that is not as it was written. Raises `StopError`."""
        with stopping("read", str(self._path)):
            try:
                file = self._path.open("rb")
            except FileNotFoundError:
                return
            with file:
                for line in file:
                    content = _content(line.removesuffix(b"\n"))
                    if content is not None or line.endswith(b"\n"):
                        yield content

    def append(self, content: Mapping[str, Json]) -> None:
        """Add a line; on stable storage when this returns, not there if it raises `StopError`."""
        body = orjson.dumps(content)
        line = b"%08x %b\n" % (zlib.crc32(body), body)
        with stopping("write", str(self._path)):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            is_new = not self._path.exists()
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            try:
                self._put(file, line)
            finally:
                os.close(file)
            if is_new:
                LocalFiles(self._path.parent).sync_folder("")

    def _put(self, file: int, line: bytes) -> None:
        if self._end is None:
            self._end, line = _mended(file, line)
        end, self._end = self._end, None
        os.ftruncate(file, end)
        try:
            done = 0
            while done < len(line):
                done += os.pwrite(file, line[done:], end + done)
            os.fsync(file)
        except OSError:
            with suppress(OSError):  # the first error is the one to tell; the next line is put over this one
                os.ftruncate(file, end)
            raise
        self._end = end + len(line)


def _content(line: bytes) -> dict[str, Json] | None:
    check, _, body = line.partition(b" ")
    if check != b"%08x" % zlib.crc32(body):
        return None
    content = orjson.loads(body)
    assert isinstance(content, dict)
    return content


def _mended(file: int, line: bytes) -> tuple[int, bytes]:
    """Where `line` is to be written, and how: after the last line, or behind one that lacks nothing but its end."""
    size = os.fstat(file).st_size
    end = _last_end(file, size)
    if _content(os.pread(file, size - end, end)) is None:
        return end, line
    return size, b"\n" + line


def _last_end(file: int, size: int) -> int:
    """Where the last line with an end ends."""
    at = size
    while at:
        start = max(0, at - _BLOCK)
        found = os.pread(file, at - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0
