"""Files on any fsspec filesystem: spooled locally, then put as whole objects under their final names.

A put is one visible step on object stores (S3, GCS, Azure, ``memory://``). There are no folders to sync. Whether
`create_whole` is exclusive depends on the store: on AWS S3 it is a conditional put; see docs/object_stores.md.
"""

# ruff: noqa: D102 -- the protocol says what the methods do

from __future__ import annotations

import errno
import zlib
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from burnish.storage.files import Handle, LocalFiles
from burnish.storage.layout import JOURNAL
from burnish.storage.places import Place, remote_errors
from burnish.storage.scratch import scratch_file

_CONFLICTS = 5
"""S3 answers 409 to one of two conditional puts that meet; it is to be sent again, and then finds the other."""


class RemoteFiles:
    """Files below a URL. Temp names exist only here, as local spools; `replace` uploads one."""

    def __init__(self, place: Place) -> None:
        """Nothing is touched yet. `place` must have a filesystem."""
        assert place.fs is not None
        self._fs: Any = place.fs
        self._root = place.path.rstrip("/")
        self._shown = place.shown
        self._spools: dict[str, tuple[Path, ExitStack]] = {}
        self._uploads: dict[str, tuple[str, str, str]] = {}

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
        # A put whose answer was lost is sent again by the client, and then finds itself: same bytes are no conflict.
        # Callers whose claim must be their own (the lock's note) put a random token in it.
        self._fs.invalidate_cache()
        for _ in range(_CONFLICTS):
            try:
                self._fs.pipe_file(self._path(name), data, mode="create")
            except OSError as error:
                if _is_conflict(error):
                    continue
                if not (isinstance(error, FileExistsError) or _is_taken(error)):
                    raise
                if not self._is_mine(name, data):
                    raise FileExistsError(f"{name} exists") from error
            return
        raise FileExistsError(f"{name} is being written by others")

    @remote_errors()
    def replace(self, temp: str, final: str) -> None:
        """Upload. A journal record only if there is none: it is what makes a shard done, and the first one stands."""
        path, stack = self._spools[temp]
        if final.startswith(f"{JOURNAL}/"):
            self.create_whole(final, path.read_bytes())
        else:
            self._fs.put_file(str(path), self._path(final))
            self._fs.invalidate_cache()
            there, sent = int(self._fs.info(self._path(final))["size"]), path.stat().st_size
            if there != sent:
                raise OSError(errno.EIO, f"{final} has {there:,} bytes in the store, {sent:,} were sent")
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
        if name in self._uploads:
            self._abort(*self._uploads.pop(name))
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
        uploads = {} if folder else self._unfinished()
        files = {
            name.removeprefix(self._root).lstrip("/"): int(info["size"] or 0)
            for name, info in found.items()
            if info.get("type") != "directory"
        }
        return dict(sorted((files | uploads).items()))

    def _is_mine(self, name: str, data: bytes) -> bool:
        try:
            return bool(self._fs.cat_file(self._path(name)) == data)
        except FileNotFoundError:  # it was taken back meanwhile
            return False

    def _unfinished(self) -> dict[str, int]:
        """Multipart uploads that dead runs left, under names of temp files: invisible, but stored and paid for."""
        if not hasattr(self._fs, "call_s3"):
            return {}
        bucket, prefix, _ = self._fs.split_path(f"{self._root}/")
        self._uploads = {}
        asked: dict[str, str] = {"Bucket": bucket, "Prefix": prefix}
        while True:
            try:
                found = self._fs.call_s3("list_multipart_uploads", **asked)
            except (PermissionError, FileNotFoundError):  # not allowed to look, or no bucket: others will say so
                return {}
            for upload in found.get("Uploads", []):
                key, number = upload["Key"], upload["UploadId"]
                name = f"{key.removeprefix(prefix)}.tmp.{'0' * 12}.{zlib.crc32(number.encode()):08x}"
                self._uploads[name] = (bucket, key, number)
            if not found.get("IsTruncated"):
                return dict.fromkeys(self._uploads, 0)
            asked |= {"KeyMarker": found["NextKeyMarker"], "UploadIdMarker": found["NextUploadIdMarker"]}

    def _abort(self, bucket: str, key: str, number: str) -> None:
        with suppress(FileNotFoundError):  # someone else did
            self._fs.call_s3("abort_multipart_upload", Bucket=bucket, Key=key, UploadId=number)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def _is_taken(error: OSError) -> bool:
    return "PreconditionFailed" in str(error) or "pre-conditions" in str(error)


def _is_conflict(error: OSError) -> bool:
    return "ConditionalRequestConflict" in str(error)
