"""Make the Nth call to the filesystem fail, to prove that every failure stops cleanly (hazard 56)."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from enum import StrEnum
from typing import BinaryIO

from burnish.storage.files import Files, Handle


class FaultKind(StrEnum):
    """What goes wrong. The named errors hit every call that can meet them."""

    EIO = "EIO"
    ENOSPC = "ENOSPC"
    EDQUOT = "EDQUOT"
    EMFILE = "EMFILE"
    SHORT_WRITE = "short_write"
    FAILED_RENAME = "failed_rename"


_GROWS = frozenset({"create", "create_whole", "write", "sync", "replace", "make_folder"})
_OPENS = frozenset({"create", "create_whole", "sync_folder", "read", "open", "sizes"})
_ALL = _GROWS | _OPENS | {"remove", "size", "close"}

_HITS: dict[FaultKind, tuple[int, frozenset[str]]] = {
    FaultKind.EIO: (errno.EIO, _ALL),
    FaultKind.ENOSPC: (errno.ENOSPC, _GROWS),
    FaultKind.EDQUOT: (errno.EDQUOT, _GROWS),
    FaultKind.EMFILE: (errno.EMFILE, _OPENS),
    FaultKind.SHORT_WRITE: (0, frozenset({"write"})),
    FaultKind.FAILED_RENAME: (errno.EACCES, frozenset({"replace"})),
}


class FaultingFiles:
    """Passes everything on to `inner`, but call number `at` (from 1) of those that `kind` can hit goes wrong.

    With `lasting`, every one after it does, too. `fired` tells whether the fault was reached. A short write takes
    half of the bytes and reports no error.
    """

    def __init__(self, inner: Files, kind: FaultKind, at: int, *, lasting: bool = False) -> None:
        """Nothing fails before call `at`."""
        self._inner = inner
        self._code, self._hits = _HITS[kind]
        self._at = at
        self._lasting = lasting
        self._calls = 0

    @property
    def fired(self) -> bool:
        """Whether the fault happened."""
        return self._calls >= self._at

    @property
    def shown(self) -> str:
        """As of `inner`."""
        return self._inner.shown

    def strikes(self, call: str, name: str) -> bool:
        """Count one call; raise the error if it is due, or say that a short write is."""
        if call not in self._hits:
            return False
        self._calls += 1
        if self._calls != self._at and not (self._lasting and self._calls > self._at):
            return False
        if self._code:
            raise OSError(self._code, os.strerror(self._code), name)
        return True

    def create(self, name: str) -> Handle:
        """As of `inner`; may fail."""
        self.strikes("create", name)
        return _FaultingHandle(self._inner.create(name), name, self)

    def create_whole(self, name: str, data: bytes) -> None:
        """As of `inner`; may fail."""
        self.strikes("create_whole", name)
        self._inner.create_whole(name, data)

    def replace(self, temp: str, final: str) -> None:
        """As of `inner`; may fail."""
        self.strikes("replace", final)
        self._inner.replace(temp, final)

    def sync_folder(self, folder: str) -> None:
        """As of `inner`; may fail."""
        self.strikes("sync_folder", folder)
        self._inner.sync_folder(folder)

    def remove(self, name: str) -> None:
        """As of `inner`; may fail."""
        self.strikes("remove", name)
        self._inner.remove(name)

    def make_folder(self, folder: str) -> None:
        """As of `inner`; may fail."""
        self.strikes("make_folder", folder)
        self._inner.make_folder(folder)

    def read(self, name: str) -> bytes:
        """As of `inner`; may fail."""
        self.strikes("read", name)
        return self._inner.read(name)

    def open(self, name: str) -> BinaryIO:
        """As of `inner`; may fail."""
        self.strikes("open", name)
        return self._inner.open(name)

    def size(self, name: str) -> int:
        """As of `inner`; may fail."""
        self.strikes("size", name)
        return self._inner.size(name)

    def sizes(self, folder: str = "") -> Mapping[str, int]:
        """As of `inner`; may fail."""
        self.strikes("sizes", folder)
        return self._inner.sizes(folder)


class _FaultingHandle:
    def __init__(self, inner: Handle, name: str, files: FaultingFiles) -> None:
        self._inner = inner
        self._name = name
        self._files = files

    def write(self, data: bytes | memoryview) -> int:
        short = self._files.strikes("write", self._name)
        return self._inner.write(data[: max(len(data) // 2, 1)] if short else data)

    def sync(self) -> None:
        self._files.strikes("sync", self._name)
        self._inner.sync()

    def close(self) -> None:
        self._inner.close()
        self._files.strikes("close", self._name)
