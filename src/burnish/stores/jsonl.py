"""JSONL with the images beside it: one file is one shard, one line is one pair and names its image file.

Written by the same rules: each line as it stood with the text replaced and our fields appended, numbers and spaces
as they were, and the images copied to the same paths below the output.
"""

from __future__ import annotations

from typing import Final

from burnish.storage.folder import SourceFolder, open_folder
from burnish.storage.sources import expand
from burnish.stores import urls, webdataset
from burnish.stores._options import listed
from burnish.stores._rows import json_rows
from burnish.stores._rows.entries import Form
from burnish.stores._rows.rules import Rules, jsonl_rules
from burnish.stores._rows.store import RowsStore
from burnish.values import Shard

SUFFIXES: Final = (".jsonl", ".ndjson")
_OF_IMAGE_FOLDERS: Final = "metadata.jsonl"


def sniff(source: str) -> bool:
    """Whether there are JSONL files other than those of an image folder and lists of URLs, and no tars."""
    names = [name for name in listed(source, SUFFIXES) if name.rpartition("/")[2] != _OF_IMAGE_FOLDERS]
    return bool(names) and not webdataset.sniff(source) and not urls.sniff(source)


class JsonlStore(RowsStore):
    """Pairs in JSONL files. Options: `image_column`, `text_column`, `key_column` (fields, guessed where not given),
    `image_root` (what image names count from, default the JSONL file's folder), `max_image_mb` (default 256).
    """

    name = "jsonl"
    option_names = ("image_column", "text_column", "key_column", "image_root", "max_image_mb")

    def shards(self) -> list[Shard]:
        """All files, by name; those of image folders only where there are no others. Looks at the first rows of each: a
        `UsageError` if the fields cannot be guessed.
        """
        named = expand(self.source, SUFFIXES)
        found = [shard for shard in named if shard.name.rpartition("/")[2] != _OF_IMAGE_FOLDERS] or named
        for shard in found:
            self.rules(shard)
        return found

    def rules(self, shard: Shard) -> Rules:
        """By the options and the first rows."""
        return jsonl_rules(self.form(shard).look(shard), self.options, shard.name)

    def form(self, shard: Shard) -> Form:  # noqa: ARG002 -- one form for all
        """JSON lines."""
        return json_rows.FORM

    def folder(self, shard: Shard) -> SourceFolder:
        """The option's folder, or the one the file lies in."""
        root = self.options.get("image_root")
        return open_folder(root) if root else super().folder(shard)


STORE = JsonlStore
