"""From the name of an output folder to its files, local or remote."""

from __future__ import annotations

import os

from burnish.errors import UsageError
from burnish.storage.files import Files, LocalFiles, is_there
from burnish.storage.places import locate
from burnish.storage.redact import redact
from burnish.storage.remote import RemoteFiles
from burnish.storage.stopping import stopping


def open_new_file(destination: str, option: str) -> tuple[Files, str]:
    """The folder, and the name in it, of a file that is still to be made; `option` is what `destination` was given by.

    Nothing is touched. Raises `UsageError` if it is there or is no name of a file.
    """
    folder, _, name = destination.rpartition("/")
    if name in {"", ".", ".."}:
        raise UsageError(f"{redact(destination)!r} is no name of a file.\nExample: {option} pairs.jsonl")
    files = open_files(folder or ("/" if destination.startswith("/") else "."))
    with stopping("open", files.shown):
        if is_there(files, name):
            raise UsageError(f"{files.shown}/{name} is there already.\nRemove it, or give another name with {option}.")
    return files, name


def open_files(url: str | os.PathLike[str]) -> Files:
    """The files of the output folder `url`; nothing is touched. Raises `UsageError` if it cannot be a folder."""
    place = locate(url)
    if place.fs is not None:
        return RemoteFiles(place)
    path = place.local
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file, not a folder.\nGive a new folder as output.")
    return LocalFiles(path)
