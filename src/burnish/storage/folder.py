"""Single files below a source root, named by untrusted metadata: nothing outside the root is ever opened."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from burnish.storage.places import Place, locate, remote_errors


class PathEscapeError(ValueError):
    """A name that is absolute, climbs out of the root, or leads out of it through a link (hazard 18)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFolder:
    """A root folder (local or remote) and the files below it."""

    place: Place

    def open(self, name: str) -> BinaryIO:
        """The file `name` (POSIX path below the root) for reading.

        Raises `PathEscapeError`, or an `OSError`: ``FileNotFoundError`` if there is no such regular file.
        """
        path = self._resolve(name)
        if self.place.fs is None:
            return Path(path).open("rb")
        with remote_errors():
            return cast("BinaryIO", self.place.fs.open(path, "rb"))

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`. Errors as for `open`; ask `size` first where a cap matters."""
        with self.open(name) as file:
            return file.read()

    def size(self, name: str) -> int:
        """The size of the file `name` in bytes. Errors as for `open`."""
        path = self._resolve(name)
        if self.place.fs is None:
            return Path(path).stat().st_size
        with remote_errors():
            info: dict[str, Any] = self.place.fs.info(path)
        return int(info["size"] or 0)

    def _resolve(self, name: str) -> str:
        parts = name.replace("\\", "/").split("/")
        if not name or name.startswith(("/", "\\")) or "\0" in name or ".." in parts or "://" in name:
            raise PathEscapeError(f"{name!r} is not a path below the source folder")
        if self.place.fs is None:
            return _resolve_local(self.place.path, name)
        return self.place.path.rstrip("/") + "/" + name


def _resolve_local(root: str, name: str) -> str:
    top = os.path.realpath(root)
    path = os.path.realpath(Path(root, name))
    if os.path.commonpath([top, path]) != top:
        raise PathEscapeError(f"{name!r} leads out of the source folder through a link")
    if not Path(path).is_file():
        raise FileNotFoundError(2, os.strerror(2), name)
    return path


def open_folder(root: str | os.PathLike[str]) -> SourceFolder:
    """The folder `root`, a local path or a URL. Raises `UsageError` if its filesystem is unknown."""
    return SourceFolder(place=locate(root))
