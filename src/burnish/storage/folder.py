"""Single files below a source root, named by untrusted metadata: nothing outside the root is ever opened."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from burnish.storage.places import Place, locate, remote_errors

_HUB_REPOSITORY = re.compile(r"(datasets|models|spaces)--.")


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
        if name.startswith(("/", "\\")):
            raise PathEscapeError(f"{name!r} is an absolute path; names of images count from the source folder")
        if not name or "\0" in name or ".." in parts or "://" in name:
            raise PathEscapeError(f"{name!r} is not a path below the source folder")
        if self.place.fs is None:
            return _resolve_local(self.place.path, name)
        return self.place.path.rstrip("/") + "/" + name


def _resolve_local(root: str, name: str) -> str:
    top = os.path.realpath(root)
    path = os.path.realpath(Path(root, name))
    if not any(os.path.commonpath([inside, path]) == inside for inside in (top, *_hub_blobs(top))):
        raise PathEscapeError(f"{name!r} leads out of the source folder through a link")
    if not Path(path).is_file():
        raise FileNotFoundError(2, os.strerror(2), name)
    return path


def _hub_blobs(top: str) -> list[str]:
    """Where the links of a download in the Hugging Face Hub's cache lead: ``datasets--NAME/snapshots/REVISION`` holds
    links into ``datasets--NAME/blobs``, which holds files of that repository alone.
    """
    for folder in Path(top).parents:
        if folder.name == "snapshots" and _HUB_REPOSITORY.match(folder.parent.name):
            return [str(folder.parent / "blobs")]
    return []


def open_folder(root: str | os.PathLike[str]) -> SourceFolder:
    """The folder `root`, a local path or a URL. Raises `UsageError` if its filesystem is unknown."""
    return SourceFolder(place=locate(root))
