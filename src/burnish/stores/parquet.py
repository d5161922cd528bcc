"""Parquet tables with the images inside: one file is one shard, one row is one pair.

The image is a binary column or a struct with ``bytes`` (as `datasets` writes images), the text a string column.
Written by the same rules: same file names, columns, types and notes, the text column holds the chosen caption, and
our columns follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from burnish.protocols import Outbox, Writer
from burnish.storage.places import locate
from burnish.storage.sources import expand, local_copy
from burnish.stores import urls, webdataset
from burnish.stores._numbering import Numbering
from burnish.stores._options import known, listed, whole
from burnish.values import Item, Json, Shard

SUFFIXES: Final = (".parquet", ".pq", ".parq")


def sniff(source: str) -> bool:
    """Whether there are Parquet files that are not the side files of tars or of an image folder, and no
    lists of URLs.
    """
    names = listed(source, SUFFIXES)
    tables = [name for name in names if not name.endswith("metadata.parquet")]
    return bool(tables) and not webdataset.sniff(source) and not urls.sniff(source)


class ParquetStore:
    """Pairs in Parquet files. Options: `image_column`, `text_column`, `key_column` (guessed by type and name where
    not given), `max_image_mb` (largest image, default 256).
    """

    option_names = ("image_column", "text_column", "key_column", "max_image_mb")

    def __init__(self, source: str, options: Mapping[str, str] | None = None) -> None:
        """`source` is a folder, a file, a glob, a brace pattern or an fsspec URL. Raises `UsageError` on options."""
        self.source = source
        self.options: Mapping[str, str] = known("parquet", options, self.option_names)
        self._max_image_bytes = whole(self.options, "max_image_mb", 256) << 20

    def shards(self) -> list[Shard]:
        """All files, by name. Reads their footers: files that disagree about their columns are a `UsageError`."""
        from burnish.stores._parquet.layout import agreed

        found = expand(self.source, SUFFIXES)
        agreed(found, self.options)
        return found

    def read(self, shard: Shard) -> Iterator[Item]:
        """One item for each row, one fault for a file without a sound footer."""
        from burnish.stores._parquet.reading import Reader

        with local_copy(shard) as path:
            reader = Reader(
                path=path,
                shard=shard,
                numbering=Numbering(source=self.source, shard=shard.name),
                options=self.options,
                max_image_bytes=self._max_image_bytes,
            )
            yield from reader.items()

    def fields_of(self, shard: Shard, wanted: Callable[[str], bool]) -> Iterator[Mapping[str, Json]] | None:
        """From the columns of these names; None for a file that is not on this machine."""
        from burnish.stores._parquet import seeking

        place = locate(shard.path)
        return seeking.fields(place.local, wanted) if place.fs is None else None

    def images_of(self, shard: Shard, rows: Mapping[int, str]) -> Iterator[tuple[int, bytes]]:
        """By the numbers; names of images in tables are no places."""
        from burnish.stores._parquet import seeking

        with local_copy(shard) as path:
            yield from seeking.images(path, self.options, set(rows))

    def writer(self, shard: Shard, outbox: Outbox) -> Writer:
        """A writer for the records of `shard`."""
        from burnish.stores._parquet.writing import ParquetShardWriter

        return ParquetShardWriter(shard, outbox, self.options)


STORE = ParquetStore
