"""What the JSONL and the image-folder stores share: a file of rows is a shard, its images lie in a folder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from burnish.protocols import Outbox, Writer
from burnish.storage.folder import SourceFolder
from burnish.storage.sources import local_copy
from burnish.storage.stopping import stopping
from burnish.stores._numbering import Numbering
from burnish.stores._options import known, whole
from burnish.stores._rows.entries import Form
from burnish.stores._rows.files import beside, fetch
from burnish.stores._rows.reading import Reader
from burnish.stores._rows.rules import Rules
from burnish.stores._rows.writing import RowsWriter
from burnish.values import ImageFault, Item, Json, Shard


class RowsStore(ABC):
    """Reads and writes; which files are shards, their form and their rules is for the store to say."""

    name: str
    option_names: Sequence[str]

    def __init__(self, source: str, options: Mapping[str, str] | None = None) -> None:
        """`source` is a folder, a file, a glob, a brace pattern or an fsspec URL. Raises `UsageError` on options."""
        self.source = source
        self.options: Mapping[str, str] = known(self.name, options, self.option_names)
        self._max_image_bytes = whole(self.options, "max_image_mb", 256) << 20

    def read(self, shard: Shard) -> Iterator[Item]:
        """One item for each row."""
        with self.reading(shard) as reader:
            yield from reader.items()

    @contextmanager
    def reading(self, shard: Shard) -> Iterator[Reader]:
        """A reader of `shard`, whose local copy is there meanwhile."""
        rules = self.rules(shard)
        with local_copy(shard) as path:
            yield Reader(
                path=path,
                form=self.form(shard),
                numbering=Numbering(source=self.source, shard=shard.name),
                rules=rules,
                folder=self.folder(shard),
                max_image_bytes=self._max_image_bytes,
            )

    def fields_of(self, shard: Shard, wanted: Callable[[str], bool]) -> Iterator[Mapping[str, Json]]:
        """From the rows; no image is looked at."""
        with local_copy(shard) as path, stopping("read", str(path)):
            for entry in self.form(shard).entries(path):
                if entry.fault is None:
                    yield {name: value for name, value in entry.fields.items() if wanted(name)}

    def images_of(self, shard: Shard, rows: Mapping[int, str]) -> Iterator[tuple[int, bytes]]:
        """By the names; no row is looked at."""
        folder = self.folder(shard)
        for number, name in rows.items():
            found = fetch(folder, name, self._max_image_bytes)
            if not isinstance(found, ImageFault):
                yield number, found

    def writer(self, shard: Shard, outbox: Outbox) -> Writer:
        """A writer for the records of `shard`."""
        sink = self.form(shard).sink(shard, outbox, self.rules(shard))
        return RowsWriter(shard, outbox, sink, self.folder(shard), self._max_image_bytes)

    @abstractmethod
    def rules(self, shard: Shard) -> Rules:
        """Which fields are used. Raises `UsageError` if that cannot be guessed."""

    @abstractmethod
    def form(self, shard: Shard) -> Form:
        """How the rows lie in the file."""

    def folder(self, shard: Shard) -> SourceFolder:
        """What image names count from."""
        return beside(shard)
