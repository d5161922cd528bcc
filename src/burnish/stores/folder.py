"""Image folders as `datasets` reads them: images with a ``metadata.jsonl``, ``.csv`` or ``.parquet`` beside them, one
for each split.

One metadata file is one shard, written back in its own form. Images below it that no row names are pairs with an empty
text, after the rows in order of their names; in the output they have a row, because loaders want one for each image.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from burnish.errors import UsageError
from burnish.storage.layout import IMAGE_FOLDER_METADATA
from burnish.storage.places import Place
from burnish.storage.sources import expand
from burnish.storage.stopping import stopping
from burnish.stores._options import listed
from burnish.stores._rows import csv_rows, json_rows
from burnish.stores._rows.entries import Form
from burnish.stores._rows.files import beside
from burnish.stores._rows.rules import Rules, folder_rules
from burnish.stores._rows.store import RowsStore
from burnish.values import Item, Shard

IMAGES: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".avif", ".tif", ".tiff")


def sniff(source: str) -> bool:
    """Whether there is a metadata file of an image folder; by name only."""
    return any(map(_is_metadata, listed(source, IMAGE_FOLDER_METADATA)))


class FolderStore(RowsStore):
    """Pairs in image folders. Options: `text_column` (the field of the text, guessed where not given),
    `max_image_mb` (default 256).
    """

    name = "folder"
    option_names = ("text_column", "max_image_mb")

    def shards(self) -> list[Shard]:
        """All metadata files, by name. Raises `UsageError` if their rows name no files or if their forms differ."""
        found = [shard for shard in expand(self.source, IMAGE_FOLDER_METADATA) if _is_metadata(shard.name)]
        if not found:
            names = ", ".join(IMAGE_FOLDER_METADATA)
            raise UsageError(f"{self.source} holds none of {names}.\nCheck the path, or name the form with --store.")
        for one, other in pairwise(found):
            if _ending(one.name) != _ending(other.name):
                raise UsageError(
                    f"an image folder has metadata of one form, but there are {one.name} and {other.name}.\n"
                    "Remove one of them if they say the same, or give the folders to separate runs."
                )
        for shard in found:
            self.rules(shard)
        return found

    def read(self, shard: Shard) -> Iterator[Item]:
        """One item for each row, then one for each image without a row."""
        with self.reading(shard) as reader:
            yield from reader.items()
            for name in _images_below(shard):
                if name not in reader.named:
                    yield reader.without_row(name)

    def rules(self, shard: Shard) -> Rules:
        """Those of image folders."""
        return folder_rules(self.form(shard).look(shard), self.options, shard.name)

    def form(self, shard: Shard) -> Form:
        """By the ending of the metadata file."""
        ending = _ending(shard.name)
        if ending == "parquet":
            from burnish.stores._rows import table_rows

            return table_rows.FORM
        return csv_rows.FORM if ending == "csv" else json_rows.FORM


def _images_below(shard: Shard) -> list[str]:
    """Images in the shard's folder and below, sorted, without folders that have a metadata file of their own. Hidden
    entries are left out and links to folders are not followed.
    """
    place = beside(shard).place
    with stopping("list", place.shown):
        names = sorted(_below(place))
    others = tuple(name.rpartition("/")[0] + "/" for name in names if "/" in name and _is_metadata(name))
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


def _is_metadata(name: str) -> bool:
    return name.rpartition("/")[2] in IMAGE_FOLDER_METADATA


def _ending(name: str) -> str:
    return name.rpartition(".")[2]


STORE = FolderStore
