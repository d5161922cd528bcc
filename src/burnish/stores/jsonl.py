"""JSONL with the images beside it: one file is one shard, one line is one pair and names its image file.

Written by the same rules: each line as it stood with the text replaced and our fields appended, numbers and spaces
as they were, and the images copied to the same paths below the output.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, Final, cast

from burnish.protocols import Outbox, Writer
from burnish.storage.folder import SourceFolder, open_folder
from burnish.storage.places import locate
from burnish.storage.sources import expand, local_copy
from burnish.storage.stopping import stopping
from burnish.stores import webdataset
from burnish.stores._options import known, listed, whole
from burnish.stores._rows.reading import Reader
from burnish.stores._rows.rules import Rules, jsonl_rules
from burnish.stores._rows.writing import RowsWriter
from burnish.values import Item, Shard

SUFFIXES: Final = (".jsonl", ".ndjson")
METADATA: Final = "metadata.jsonl"
_OPTIONS: Final = ("image_column", "text_column", "key_column", "image_root", "max_image_mb")


def sniff(source: str) -> bool:
    """Whether there are JSONL files other than those of an image folder, and no tars; by name only."""
    names = [name for name in listed(source, SUFFIXES) if name.rpartition("/")[2] != METADATA]
    return bool(names) and not webdataset.sniff(source)


class JsonlStore:
    """Pairs in JSONL files. Options: `image_column`, `text_column`, `key_column` (fields, guessed where not given),
    `image_root` (what image names count from, default the JSONL file's folder), `max_image_mb` (default 256).
    """

    def __init__(self, source: str, options: Mapping[str, str] | None = None) -> None:
        """`source` is a folder, a file, a glob, a brace pattern or an fsspec URL. Raises `UsageError` on options."""
        self.source = source
        self.options: Mapping[str, str] = known("jsonl", options, _OPTIONS)
        self._max_image_bytes = whole(self.options, "max_image_mb", 256) << 20

    def shards(self) -> list[Shard]:
        """All files, by name. Looks at the first rows of each: a `UsageError` if the fields cannot be guessed."""
        found = [s for s in expand(self.source, SUFFIXES) if s.name.rpartition("/")[2] != METADATA]
        for shard in found:
            self._rules(shard)
        return found

    def read(self, shard: Shard) -> Iterator[Item]:
        """One item for each line that is not blank."""
        rules = self._rules(shard)
        with local_copy(shard) as path:
            reader = Reader(
                path=path,
                shard=shard,
                source=self.source,
                rules=rules,
                folder=self._folder(shard),
                max_image_bytes=self._max_image_bytes,
            )
            yield from reader.items()

    def writer(self, shard: Shard, outbox: Outbox) -> Writer:
        """A writer for the records of `shard`."""
        return RowsWriter(shard, outbox, self._rules(shard), self._folder(shard), self._max_image_bytes)

    def _rules(self, shard: Shard) -> Rules:
        with opened(shard) as file:
            return jsonl_rules(file, self.options, shard.name)

    def _folder(self, shard: Shard) -> SourceFolder:
        root = self.options.get("image_root")
        return open_folder(root) if root else beside(shard)


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


STORE = JsonlStore
