"""Where something is: a local path or a filesystem with a path on it. The one door to fsspec."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from burnish.errors import BurnishError, MissingExtra, UsageError
from burnish.storage.redact import redact
from burnish.storage.stopping import stop_error

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_LOCAL_SCHEMES = ("file://", "local://")
_EXTRAS = {"s3": "s3", "s3a": "s3", "hf": "hf"}
_ETAG_KEYS = ("ETag", "etag", "blob_id", "oid", "md5Hash", "content_md5")
_TIME_KEYS = ("mtime", "LastModified", "last_modified", "created")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A path on a filesystem; `fs` is None for the local one, where `path` is an ordinary path."""

    fs: AbstractFileSystem | None
    path: str
    url: str

    @property
    def local(self) -> Path:
        """The local path. Only for places without a filesystem."""
        assert self.fs is None
        return Path(self.path)

    @property
    def real(self) -> str:
        """The path, however it was spelt: links followed on this machine, no slash at its end elsewhere."""
        return os.path.realpath(self.path) if self.fs is None else self.path.rstrip("/")

    @property
    def shown(self) -> str:
        """The place as it may be printed: no credentials."""
        return redact(self.url)


def locate(url: str | os.PathLike[str]) -> Place:
    """The place `url` names. Raises `UsageError` for unknown schemes, `MissingExtra` if its library is missing."""
    text = os.fspath(url)
    if text.startswith(_LOCAL_SCHEMES):
        text = unquote(urlsplit(text).path)
    if "://" not in text:
        path = os.path.expanduser(text)  # noqa: PTH111 -- leaves an unknown ~user alone, pathlib raises
        return Place(fs=None, path=path, url=path)
    fs, path = _open_filesystem(text)
    return Place(fs=fs, path=path, url=text)


def _open_filesystem(url: str) -> tuple[AbstractFileSystem, str]:
    import fsspec

    scheme = url.split("://", 1)[0].rpartition("::")[2]
    try:
        fs, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        if scheme in _EXTRAS:
            raise MissingExtra(f"{scheme}://", _EXTRAS[scheme]) from error
        raise UsageError(f"cannot open {redact(url)}: {redact(str(error))}") from error
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"cannot open {redact(url)}: {redact(str(error))}\nGive a local path or a URL that fsspec knows (s3://...)."
        ) from error
    except OSError as error:  # some, as FTP, dial at once
        raise stop_error("open", url, error) from error
    return fs, str(path)


@contextmanager
def remote_errors() -> Iterator[None]:
    """Give every failure of a remote store the one shape that callers handle: `OSError`. Also a decorator."""
    try:
        yield
    except (OSError, BurnishError):
        raise
    except Exception as error:  # every store's library has its own error tree, not importable here
        raise OSError(f"{type(error).__name__}: {redact(str(error))}") from error


def tag_of(info: dict[str, Any]) -> str:
    """What changes when a remote file does: its etag if there is one, else a time; "" if unknown."""
    value = next((info[key] for key in _ETAG_KEYS + _TIME_KEYS if info.get(key)), "")
    return repr(value.timestamp()) if isinstance(value, datetime) else str(value)


def local_tag(stat: os.stat_result) -> str:
    """What changes when a local file does: its modification time in nanoseconds."""
    return str(stat.st_mtime_ns)
