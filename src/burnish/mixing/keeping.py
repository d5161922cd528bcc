"""Tables that say of single pairs whether they may train: what passes over the whole set hand to a mixture.

``KEPT/pairs/SOURCE/SHARD.parquet`` has rows for the pairs it speaks of; all others train as ever. A pair may train if
the number drawn for its `group`, in [0, 1), lies in [start, start + share): shares of 1 and 0 are always and never, and
the n members of a group with shares of 1/n, one behind the other, take turns over seeds: exactly one of them trains.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from burnish.errors import UsageError
from burnish.storage.files import Files
from burnish.storage.layout import SEAL
from burnish.storage.opening import open_files
from burnish.storage.stopping import stopping
from burnish.values import Shard

PAIRS = "pairs"
_COLUMNS = ("row", "image_xxh128", "group", "start", "share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What one table says of one pair."""

    group: str
    start: float
    share: float


def name_of(source: str, shard: str) -> str:
    """The table of a shard, below the folder of the pass."""
    return f"{PAIRS}/{source}/{shard}.parquet"


def seals(folders: Sequence[str], source: str) -> str:
    """One digest over the seals of `folders`, "" for none. Raises `UsageError` for a pass that has not finished or does
    not know `source`.
    """
    digest = hashlib.sha256()
    for folder in folders:
        files = open_files(folder)
        with stopping("read", files.shown):
            try:
                digest.update(files.read(SEAL))
            except FileNotFoundError:
                raise UsageError(
                    f"{files.shown} is no finished pass of burnish.\nMake it with: burnish duplicates OUT -o NEW"
                ) from None
            known = {name.split("/")[1] for name in files.sizes(PAIRS)}
        if source not in known:
            raise UsageError(
                f"{files.shown} knows no source {source!r}, it knows: {', '.join(sorted(known)) or 'none'}.\n"
                "Give a source the same name in the pass and in the mixture, as NAME=PATH."
            )
    return digest.hexdigest() if folders else ""


class Keeper:
    """What `folders` say of the pairs of a shard, asked pair by pair in order."""

    def __init__(self, folders: Sequence[str], source: str, shard: Shard) -> None:
        """Raises `UsageError` if one of them has no table of the shard."""
        self._tables = [(folder, _read(open_files(folder), source, shard)) for folder in folders]
        self._shard = shard
        self._row = -1

    def next(self, key: str, image_xxh128: str) -> tuple[Keep, ...]:
        """For the next pair. Raises `UsageError` if a table was made of another one."""
        self._row += 1
        found = []
        for folder, table in self._tables:
            if self._row not in table:
                continue
            image, keep = table[self._row]
            if image != image_xxh128:
                raise UsageError(
                    f"{folder} was made of other pairs: {self._shard.name} differs at {key!r}.\n"
                    "Run that pass again, over the same sources."
                )
            found.append(keep)
        return tuple(found)


def _read(files: Files, source: str, shard: Shard) -> Mapping[int, tuple[str, Keep]]:
    name = name_of(source, shard.name)
    with stopping("read", files.shown):
        try:
            file = files.open(name)
        except FileNotFoundError:
            raise UsageError(
                f"{files.shown} says nothing of {shard.name}: it was made without it.\n"
                "Run that pass again, over the same sources."
            ) from None
        with file:
            return {
                row["row"]: (row["image_xxh128"], Keep(group=row["group"], start=row["start"], share=row["share"]))
                for row in _rows(file)
            }


def _rows(file: Any) -> Iterator[dict[str, Any]]:
    from burnish.storage import arrow

    with arrow.parquet_of_ours(file) as opened:
        for batch in opened.iter_batches(columns=list(_COLUMNS), use_threads=False):
            yield from batch.to_pylist()
