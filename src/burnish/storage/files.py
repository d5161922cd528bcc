"""Files of one output folder, behind one small interface: everything durable goes through it.

`LocalFiles` is the operating system's own, `burnish.storage.remote.RemoteFiles` any fsspec filesystem; `recording`
and `faulting` wrap either. Names are POSIX paths relative to the root. Errors are plain `OSError`s.
"""

# ruff: noqa: D102 -- the protocols say what the methods do

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from burnish.storage.layout import folders_of, temp_name

_FOLDER_SYNC_UNSUPPORTED = (errno.EINVAL, errno.ENOTSUP)


class Handle(Protocol):
    """A new file being written, front to back."""

    def write(self, data: bytes | memoryview) -> int:
        """Write some of `data` and say how many bytes: like ``os.write``, it may be fewer than given."""
        ...

    def sync(self) -> None:
        """Return only when everything written so far is on stable storage."""
        ...

    def close(self) -> None:
        """Give the handle back. Implies no `sync`."""
        ...


class Files(Protocol):
    """What the commit protocol needs of a filesystem. Nothing is durable until the `sync` that makes it so."""

    @property
    def shown(self) -> str:
        """The root as it may be printed."""
        ...

    def create(self, name: str) -> Handle:
        """A new empty file; ``FileExistsError`` if the name is taken."""
        ...

    def create_whole(self, name: str, data: bytes) -> None:
        """A small file with its content in one step: others see all of it or nothing. ``FileExistsError`` if taken."""
        ...

    def replace(self, temp: str, final: str) -> None:
        """Give `temp` the name `final` (same folder) in one step, whatever was called so before."""
        ...

    def sync_folder(self, folder: str) -> None:
        """Make the names in `folder` durable: what was created, replaced or removed there."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file; ``FileNotFoundError`` if it is not there."""
        ...

    def make_folder(self, folder: str) -> None:
        """Make `folder` and those above it; fine if there. Durable once the folders above are synced; "" is at once."""
        ...

    def read(self, name: str) -> bytes:
        """The whole content of a file."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A file for reading in pieces."""
        ...

    def size(self, name: str) -> int:
        """Size in bytes; ``FileNotFoundError`` if there is no such file."""
        ...

    def sizes(self, folder: str = "") -> Mapping[str, int]:
        """All files in and below `folder`, hidden ones too, with their sizes, sorted; empty if it is not there."""
        ...


def put_whole(files: Files, name: str, data: bytes, run_id: str) -> None:
    """Write `data` as `name`, durably and in one visible step."""
    with writing_whole(files, name, run_id) as handle:
        write_all(handle, data)


@contextmanager
def writing_whole(files: Files, name: str, run_id: str) -> Iterator[Handle]:
    """A new file that is called `name`, durably and in one visible step, when the body has ended without an error:
    temp file, sync, replace, sync of its folders. After an error nothing of it is there.
    """
    temp = temp_name(name, run_id)
    files.make_folder(folders_of(name)[0])
    handle = files.create(temp)
    try:
        try:
            yield handle
            handle.sync()
        finally:
            handle.close()
        files.replace(temp, name)
    except BaseException:
        # What cannot be removed now, the next run removes; the first error is the one to tell.
        with suppress(OSError):
            files.remove(temp)
        raise
    for folder in folders_of(name):
        files.sync_folder(folder)


def write_all(handle: Handle, data: bytes | memoryview) -> None:
    """Write all of `data`, however little the handle takes at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[handle.write(rest) :]


def is_there(files: Files, name: str) -> bool:
    """Whether there is a file called `name`."""
    with suppress(FileNotFoundError):
        files.size(name)
        return True
    return False


def is_file(files: Files, name: str, size: int) -> bool:
    """Whether `name` is there with exactly `size` bytes."""
    try:
        return files.size(name) == size
    except FileNotFoundError:
        return False


class LocalFiles:
    """Files below a local folder, by plain system calls."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        """Nothing is touched yet; `root` need not exist."""
        self._root = Path(root)

    @property
    def shown(self) -> str:
        return str(self._root)

    def create(self, name: str) -> Handle:
        return _LocalHandle(os.open(self._root / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))

    def create_whole(self, name: str, data: bytes) -> None:
        # A hard link is the one local step that is both whole and exclusive: rename would replace silently.
        temp = temp_name(name, "0" * 12)
        handle = self.create(temp)
        try:
            write_all(handle, data)
            handle.sync()
            os.link(self._root / temp, self._root / name)
        finally:
            handle.close()
            self.remove(temp)

    def replace(self, temp: str, final: str) -> None:
        os.replace(self._root / temp, self._root / final)  # noqa: PTH105 -- system calls throughout

    def sync_folder(self, folder: str) -> None:
        _sync_folder(self._root / folder)

    def remove(self, name: str) -> None:
        os.unlink(self._root / name)  # noqa: PTH108

    def make_folder(self, folder: str) -> None:
        if not folder:
            _make_durably(self._root)
        (self._root / folder).mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> bytes:
        return (self._root / name).read_bytes()

    def open(self, name: str) -> BinaryIO:
        return (self._root / name).open("rb")

    def size(self, name: str) -> int:
        return (self._root / name).stat().st_size

    def sizes(self, folder: str = "") -> Mapping[str, int]:
        found: dict[str, int] = {}
        for path, _, names in os.walk(self._root / folder, onerror=_stop_unless_missing):
            for name in names:
                file = Path(path, name)
                with suppress(FileNotFoundError):  # another run's temporary name, gone since it was listed
                    found[file.relative_to(self._root).as_posix()] = file.lstat().st_size
        return dict(sorted(found.items()))


class _LocalHandle:
    def __init__(self, fd: int) -> None:
        self._fd = fd

    def write(self, data: bytes | memoryview) -> int:
        written = os.write(self._fd, data)
        if not written:
            raise OSError(errno.EIO, "nothing could be written")
        return written

    def sync(self) -> None:
        os.fsync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


def _stop_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    except OSError as error:
        # Some network mounts cannot sync a folder and order renames themselves; nothing better can be done there.
        if error.errno not in _FOLDER_SYNC_UNSUPPORTED:
            raise
    finally:
        os.close(fd)


def _make_durably(path: Path) -> None:
    """`path` with everything above it, each new name synced in its folder: done once a run, for the root."""
    missing = [p for p in (path, *path.parents) if not p.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        _sync_folder(folder.parent)
