"""Bytes of a shard by position, with one window of read-ahead; compressed shards are unpacked beside first.

Read with ``pread`` and not ``mmap``: a mapped file that another process cuts short kills the reader with SIGBUS,
a short ``pread`` is an error with a name (hazard 8).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from burnish.errors import StopError
from burnish.storage.scratch import scratch_file
from burnish.storage.sources import local_copy
from burnish.storage.stopping import stop_error, stopping
from burnish.stores._tar.unpack import Limits, Unpacked, is_compressed, unpack
from burnish.values import Shard

WINDOW_BYTES: Final = 120 << 10
"""A call of the system for some pairs at once: one for each image costs more than copying it twice. Payloads that go
over its end are read on their own. Below the 128 KiB above which an allocator gets fresh pages each time."""


class Source:
    """A file of `size` bytes. Reads inside the window cost one copy, others one ``pread``."""

    __slots__ = ("_fd", "base", "name", "size", "window")

    def __init__(self, fd: int, size: int, name: str) -> None:
        """`fd` stays the caller's to close; `name` is for messages."""
        self._fd = fd
        self.size = size
        self.name = name
        self.base = 0
        self.window = b""

    def read(self, start: int, stop: int) -> bytes:
        """Bytes [start, stop), cut at the end of the file."""
        at = start - self.base
        window = self.window
        if at >= 0 and stop - self.base <= len(window):
            return window[at : stop - self.base]
        return self._pread(start, min(stop, self.size))

    def block(self, start: int) -> bytes:
        """The 512 bytes from `start` (fewer at the end of the file); moves the window there if they are outside."""
        at = start - self.base
        if at < 0 or at + 512 > len(self.window):
            self.base = start
            self.window = self._pread(start, min(start + WINDOW_BYTES, self.size))
            at = 0
        return self.window[at : at + 512]

    def _pread(self, start: int, stop: int) -> bytes:
        try:
            got = os.pread(self._fd, max(0, stop - start), start)
            while len(got) < stop - start:
                more = os.pread(self._fd, stop - start - len(got), start + len(got))
                if not more:
                    raise StopError(
                        f"{self.name} became shorter while it was read.\n"
                        "Let the upload or copy finish, then run the same command again."
                    )
                got += more
        except OSError as error:
            raise stop_error("read", self.name, error) from error
        return got


@contextmanager
def open_source(shard: Shard, limits: Limits) -> Iterator[tuple[Source, Unpacked | None]]:
    """The shard's bytes, unpacked if it is compressed; then also what became of the unpacking.

    Raises `StopError` if the shard cannot be read or changes while it is open.
    """
    with local_copy(shard) as path:
        with stopping("open", shard.name):
            compressed = is_compressed(path)
        if not compressed:
            with _opened(path, shard.name) as source:
                yield source, None
            return
        with scratch_file() as plain:
            with stopping("unpack", shard.name):
                outcome = unpack(path, plain, limits)
            with _opened(plain, shard.name) as source:
                yield source, outcome


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Source]:
    with stopping("open", name):
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield Source(fd, os.fstat(fd).st_size, name)
    finally:
        os.close(fd)
