"""From the name of an output folder to its files, local or remote."""

from __future__ import annotations

import os

from burnish.errors import UsageError
from burnish.storage.files import Files, LocalFiles
from burnish.storage.places import locate
from burnish.storage.remote import RemoteFiles


def open_files(url: str | os.PathLike[str]) -> Files:
    """The files of the output folder `url`; nothing is touched. Raises `UsageError` if it cannot be a folder."""
    place = locate(url)
    if place.fs is not None:
        return RemoteFiles(place)
    path = place.local
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file, not a folder.\nGive a new folder as output.")
    return LocalFiles(path)
