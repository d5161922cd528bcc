"""One file from one place to another, hashed on its way: visible there only if its bytes are the committed ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress

from burnish.errors import VerifyError
from burnish.publish.contents import Parcel
from burnish.storage.commit import digest_of
from burnish.storage.files import Files, is_file, put_whole, write_all, writing_whole
from burnish.storage.journal import FileEntry

_PIECE_BYTES = 1 << 20


def carry(parcel: Parcel, source: Files, target: Files, run_id: str) -> None:
    """Put `parcel` into `target`. Raises `VerifyError`, with nothing visible there, if `source` has other bytes; an
    `OSError` if either place fails.
    """
    if parcel.data is not None:
        put_whole(target, parcel.name, parcel.data, run_id)
        return
    digest, size = hashlib.sha256(), 0
    with writing_whole(target, parcel.name, run_id) as handle:
        for piece in pieces(source, parcel.entry):
            digest.update(piece)
            size += len(piece)
            write_all(handle, piece)
        if (size, digest.hexdigest()) != (parcel.entry.size, parcel.entry.sha256):
            raise differs(source, parcel.name)


def pieces(source: Files, entry: FileEntry) -> Iterator[bytes]:
    """The bytes of a file, piece by piece; never more than a piece beyond what it should have."""
    left = entry.size + 1
    with source.open(entry.name) as file:
        while left > 0 and (piece := file.read(min(_PIECE_BYTES, left))):
            left -= len(piece)
            yield piece


def differs(source: Files, name: str) -> VerifyError:
    """What is said of a file that is not as it was committed."""
    return VerifyError(
        f"{source.shown}/{name} has other bytes than were committed.\nIt was not taken over. See: burnish verify"
    )


def holds(files: Files, entry: FileEntry) -> bool:
    """Whether `files` has the file, byte for byte."""
    with suppress(FileNotFoundError):
        return is_file(files, entry.name, entry.size) and digest_of(files, entry.name) == entry.sha256
    return False
