"""What a worker on another machine must still find true when it commits (hazard 79).

A worker that was given up may live on: its node was only cut off, its driver was killed. When it comes back to commit
its shard, another run may own the output, or another worker may have finished the shard.
"""

from __future__ import annotations

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from burnish.errors import StopError
from burnish.storage.files import Files
from burnish.storage.journal import Journal, ShardRecord
from burnish.storage.layout import COMMITTING, HOLDER
from burnish.storage.places import locate


class Fence:
    """Made when work on a shard begins, asked when it is to be published."""

    def __init__(self, files: Files, out: str, note: bytes, shard: str) -> None:
        """`note`: what the run that sent the worker left in the output when it took the lock."""
        self._files = files
        place = locate(out)
        self._folder: Path | None = place.local if place.fs is None else None
        self._note = note
        self._shard = shard
        self._begun = Journal(files).read(shard)

    @contextmanager
    def held(self) -> Iterator[None]:
        """While one worker publishes the shard, no other does, on this machine or on others that share the folder.

        Object stores have no such locks; there two workers may at worst put the same shard at the same time. Raises
        `OSError`, and `StopError` if the output is another run's by now.
        """
        if self._folder is None:
            self._refuse_another_run()
            yield
            return
        descriptor = os.open(self._folder / COMMITTING, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            # One byte a shard: the system gives it back when the process dies, and the mount when the machine does.
            fcntl.lockf(descriptor, fcntl.LOCK_EX, 1, zlib.crc32(self._shard.encode()))
            self._refuse_another_run()
            yield
        finally:
            os.close(descriptor)

    def overtaken(self, before: ShardRecord | None, mine: ShardRecord) -> bool:
        """Whether the shard was finished by someone else since work on it began: `before` is its record as it is now,
        sound with its files, `mine` the one to be published. What was first stands.
        """
        if before is None or before == self._begun:
            return False
        return (before.shard, before.size, before.tag) == (mine.shard, mine.size, mine.tag)

    def _refuse_another_run(self) -> None:
        try:
            note = self._files.read(HOLDER)
        except FileNotFoundError:
            note = b""
        if note != self._note:
            raise StopError(
                f"{self._files.shown} belongs to another run by now; {self._shard} is left to it.\n"
                "A worker that had been given up came back. Nothing is lost."
            )
