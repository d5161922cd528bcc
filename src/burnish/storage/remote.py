"""Files on any fsspec filesystem: spooled locally, then put as whole objects under their final names.

A put is one visible step on object stores (S3, GCS, Azure, ``memory://``). There are no folders to sync. Whether
`create_whole` is exclusive depends on the store: on AWS S3 it is a conditional put; see docs/design/commit.md.
"""

# ruff: noqa: D102 -- the protocol says what the methods do

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, cast

from burnish.storage.files import Handle, LocalFiles
from burnish.storage.places import Place, remote_errors
from burnish.storage.scratch import scratch_file


class RemoteFiles:
    """Files below a URL. Temp names exist only here, as local spools; `replace` uploads one."""

    def __init__(self, place: Place) -> None:
        """Nothing is touched yet. `place` must have a filesystem."""
        assert place.fs is not None
        self._fs: Any = place.fs
        self._root = place.path.rstrip("/")
        self._shown = place.shown
        self._spools: dict[str, tuple[Path, ExitStack]] = {}

    @property
    def shown(self) -> str:
        return self._shown

    def create(self, name: str) -> Handle:
        if name in self._spools:
            raise FileExistsError(f"{name} is being written")
        stack = ExitStack()
        path = stack.enter_context(scratch_file())
        self._spools[name] = (path, stack)
        return LocalFiles(path.parent).create(path.name)

    @remote_errors()
    def create_whole(self, name: str, data: bytes) -> None:
        self._fs.invalidate_cache()
        try:
            self._fs.pipe_file(self._path(name), data, mode="create")
        except FileExistsError:
            raise
        except OSError as error:
            if "PreconditionFailed" in str(error) or "pre-conditions" in str(error):
                raise FileExistsError(f"{name} exists") from error
            raise

    @remote_errors()
    def replace(self, temp: str, final: str) -> None:
        path, stack = self._spools[temp]
        self._fs.put_file(str(path), self._path(final))
        del self._spools[temp]
        stack.close()

    def sync_folder(self, folder: str) -> None:
        """Object stores have no folders: a finished put is durable."""

    @remote_errors()
    def remove(self, name: str) -> None:
        spool = self._spools.pop(name, None)
        if spool is not None:
            spool[1].close()
            return
        self._fs.rm_file(self._path(name))
        self._fs.invalidate_cache()

    def make_folder(self, folder: str) -> None:
        """Object stores have no folders."""

    @remote_errors()
    def read(self, name: str) -> bytes:
        return cast("bytes", self._fs.cat_file(self._path(name)))

    @remote_errors()
    def open(self, name: str) -> BinaryIO:
        return cast("BinaryIO", self._fs.open(self._path(name), "rb"))

    @remote_errors()
    def size(self, name: str) -> int:
        self._fs.invalidate_cache()  # another process may have written since
        return int(self._fs.info(self._path(name))["size"])

    @remote_errors()
    def sizes(self, folder: str = "") -> Mapping[str, int]:
        self._fs.invalidate_cache()
        root = self._path(folder) if folder else self._root
        try:
            found: dict[str, dict[str, Any]] = self._fs.find(root, detail=True)
        except FileNotFoundError:
            return {}
        return {
            name.removeprefix(self._root).lstrip("/"): int(info["size"] or 0)
            for name, info in sorted(found.items())
            if info.get("type") != "directory"
        }

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"
