"""A file of rows and the image files it names: those of strangers are read below a root or refused (hazard 18)."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, cast

from burnish.storage.folder import PathEscapeError, SourceFolder, open_folder
from burnish.storage.layout import HIDDEN
from burnish.storage.places import locate
from burnish.storage.stopping import stop_error, stopping
from burnish.texts import storable
from burnish.values import ImageFault, Reason, Shard

# What a name can bring about by itself; all other numbers are the disk's.
_NOT_THERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL)
_NO_IMAGES: Final = (".jsonl", ".json", ".md", ".csv", ".parquet", ".tar")


def beside(shard: Shard) -> SourceFolder:
    """The folder the shard lies in."""
    folder, slash, _ = shard.path.rpartition("/")
    return open_folder(folder or slash or ".")


@contextmanager
def opened(shard: Shard) -> Iterator[BinaryIO]:
    """The shard itself, for a look at its first rows."""
    place = locate(shard.path)
    with stopping("read", place.shown):
        if place.fs is None:
            file = place.local.open("rb")
        else:
            # fsspec's own files cannot read a line up to a limit.
            file = io.BufferedReader(cast("io.RawIOBase", place.fs.open(place.path, "rb")))
        with file:
            yield file


def fetch(folder: SourceFolder, name: str, max_bytes: int) -> bytes | ImageFault:
    """The bytes of the image `name` below `folder`, or why there are none. Raises `StopError` if the disk fails."""
    refused = _refused(name)
    if refused is not None:
        return refused
    try:
        size = folder.size(name)
        if size > max_bytes:
            return ImageFault(reason=Reason.TOO_LARGE, detail=f"an image of {size:,} bytes")
        raw = folder.read(name)
    except PathEscapeError as error:
        return ImageFault(reason=Reason.PATH_ESCAPE, detail=str(error))
    except OSError as error:
        if error.errno not in _NOT_THERE and not isinstance(error, FileNotFoundError):
            raise stop_error("read", f"{folder.place.shown}/{name}", error) from error
        return ImageFault(reason=Reason.MISSING_FILE, detail=f"there is no file {name[:200]!r}")
    if not raw:
        return ImageFault(reason=Reason.NO_IMAGE, detail="the image file is empty")
    return raw


def fetch_extra(folder: SourceFolder, name: str, max_bytes: int) -> bytes | None:
    """A further image of a row; None where the input's own reference is dangling."""
    found = fetch(folder, name, max_bytes)
    return None if isinstance(found, ImageFault) else found


def output_name(base: str, name: str) -> str:
    """Where the copy of image `name` goes: the same path beside the rows, without ``./`` and doubled slashes."""
    parts = [part for part in name.split("/") if part not in {"", "."}]
    return base + "/".join(parts)


def _refused(name: str) -> ImageFault | None:
    if storable(name)[1]:
        return ImageFault(reason=Reason.MISSING_FILE, detail="the name is not UTF-8")
    if HIDDEN in name.split("/"):
        return ImageFault(reason=Reason.PATH_ESCAPE, detail=f"{HIDDEN} belongs to burnish")
    if name.lower().endswith(_NO_IMAGES):
        return ImageFault(reason=Reason.FORMAT_NOT_ALLOWED, detail=f"{name[-80:]!r} is no name of an image")
    return None
