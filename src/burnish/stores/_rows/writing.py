"""Records back into a file of rows, in the form it had, and the images beside it."""

from __future__ import annotations

from burnish.protocols import Outbox
from burnish.storage.folder import SourceFolder
from burnish.stores._rows.entries import Row, Sink
from burnish.stores._rows.files import fetch_extra, output_name
from burnish.values import Record, Shard


class RowsWriter:
    """Writes one shard by `sink` and copies its images to the same paths beside it, each once."""

    def __init__(self, shard: Shard, outbox: Outbox, sink: Sink, folder: SourceFolder, max_image_bytes: int) -> None:
        """`folder` is where the rows' further images come from."""
        self._outbox = outbox
        self._sink = sink
        self._folder = folder
        self._max_image_bytes = max_image_bytes
        self._base = shard.name.rpartition("/")[0] + "/" if "/" in shard.name else ""
        self._written = {shard.name}

    def put(self, record: Record) -> None:
        """Append one row and copy its images."""
        row = record.pair.payload
        assert isinstance(row, Row)
        self._sink.put(row, record)
        for at, name in enumerate(row.files):
            self._copy(name, record.pair.image if at == 0 else None)

    def finish(self) -> None:
        """End the file of rows."""
        self._sink.finish()

    def _copy(self, name: str, image: bytes | None) -> None:
        target = output_name(self._base, name)
        if target in self._written:
            return
        raw = image if image is not None else fetch_extra(self._folder, name, self._max_image_bytes)
        if raw is not None:
            self._written.add(target)
            with self._outbox.create(target) as file:
                file.write(raw)
