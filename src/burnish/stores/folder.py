"""Image folders as `datasets` reads them: images with a ``metadata.jsonl`` beside them, one for each split.

One metadata file is one shard. Images below it that no row names are pairs with an empty text, after the rows in
order of their names; in the output they have a row, because loaders want one for each image.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Final

from burnish.errors import UsageError
from burnish.protocols import Outbox, Writer
from burnish.storage.places import Place
from burnish.storage.sources import expand, local_copy
from burnish.storage.stopping import stopping
from burnish.stores._options import known, listed, whole
from burnish.stores._rows.reading import Reader
from burnish.stores._rows.rules import Rules, folder_rules
from burnish.stores._rows.writing import RowsWriter
from burnish.stores.jsonl import METADATA, beside, opened
from burnish.values import Item, Shard

IMAGES: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".avif", ".tif", ".tiff")
_OTHER_METADATA: Final = ("metadata.csv", "metadata.parquet")
_OPTIONS: Final = ("text_column", "max_image_mb")


def sniff(source: str) -> bool:
    """Whether there is a metadata file of an image folder; by name only."""
    return any(_is(name, METADATA, *_OTHER_METADATA) for name in listed(source, (METADATA, *_OTHER_METADATA)))


class FolderStore:
    """Pairs in image folders. Options: `text_column` (the field of the text, guessed where not given),
    `max_image_mb` (default 256).
    """

    def __init__(self, source: str, options: Mapping[str, str] | None = None) -> None:
        """`source` is a folder, a metadata file, a glob or an fsspec URL. Raises `UsageError` on options."""
        self.source = source
        self.options: Mapping[str, str] = known("folder", options, _OPTIONS)
        self._max_image_bytes = whole(self.options, "max_image_mb", 256) << 20

    def shards(self) -> list[Shard]:
        """All metadata files, by name. Raises `UsageError` if their rows name no files."""
        other = [name for name in listed(self.source, _OTHER_METADATA) if _is(name, *_OTHER_METADATA)]
        if other:
            raise UsageError(
                f"{other[0]}: of image folders only {METADATA} is read.\n"
                f"Write its rows as JSON lines to {METADATA} beside the images."
            )
        found = [shard for shard in expand(self.source, (METADATA,)) if _is(shard.name, METADATA)]
        if not found:
            raise UsageError(f"{self.source} holds no {METADATA}.\nCheck the path, or name the form with --store.")
        for shard in found:
            self._rules(shard)
        return found

    def read(self, shard: Shard) -> Iterator[Item]:
        """One item for each row, then one for each image without a row."""
        rules = self._rules(shard)
        with local_copy(shard) as path:
            reader = Reader(
                path=path,
                shard=shard,
                source=self.source,
                rules=rules,
                folder=beside(shard),
                max_image_bytes=self._max_image_bytes,
            )
            yield from reader.items()
            for name in _images_below(shard):
                if name not in reader.named:
                    yield reader.without_row(name)

    def writer(self, shard: Shard, outbox: Outbox) -> Writer:
        """A writer for the records of `shard`."""
        return RowsWriter(shard, outbox, self._rules(shard), beside(shard), self._max_image_bytes)

    def _rules(self, shard: Shard) -> Rules:
        with opened(shard) as file:
            return folder_rules(file, self.options, shard.name)


def _images_below(shard: Shard) -> list[str]:
    """Images in the shard's folder and below, sorted, without folders that have a metadata file of their own. Hidden
    entries are left out and links to folders are not followed.
    """
    place = beside(shard).place
    with stopping("list", place.shown):
        names = sorted(_below(place))
    others = tuple(name.removesuffix(METADATA) for name in names if name.endswith("/" + METADATA))
    return [name for name in names if name.lower().endswith(IMAGES) and not name.startswith(others or ("\0",))]


def _below(place: Place) -> Iterator[str]:
    """Names of all files below, dangling links among them: they are somebody's lost images."""
    if place.fs is not None:
        root = place.path.rstrip("/") + "/"
        found = (path.removeprefix(root) for path in place.fs.find(place.path))
        yield from (name for name in found if not any(part.startswith(".") for part in name.split("/")))
        return
    for folder, folders, files in os.walk(place.path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = os.path.relpath(folder, place.path)
        prefix = "" if inside == "." else inside + "/"
        yield from (prefix + name for name in files if not name.startswith("."))


def _is(name: str, *wanted: str) -> bool:
    return name.rpartition("/")[2] in wanted


STORE = FolderStore
