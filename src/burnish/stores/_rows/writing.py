"""Records back into a file of rows: each line as it stood with the text and our fields in place, and the images."""

from __future__ import annotations

from typing import Final

from burnish.columns import columns
from burnish.protocols import Outbox
from burnish.storage.folder import SourceFolder
from burnish.stores._rows.files import fetch_extra, output_name
from burnish.stores._rows.reading import Row
from burnish.stores._rows.rules import Rules
from burnish.stores._strict_json import dumps, splice
from burnish.texts import storable
from burnish.values import Json, Record, Shard

_NEW_LINE: Final = b"\n"


class RowsWriter:
    """Writes one shard under its own name and copies its images to the same paths beside it, each once."""

    def __init__(self, shard: Shard, outbox: Outbox, rules: Rules, folder: SourceFolder, max_image_bytes: int) -> None:
        """`folder` is where the rows' further images come from."""
        self._outbox = outbox
        self._rules = rules
        self._folder = folder
        self._max_image_bytes = max_image_bytes
        self._base = shard.name.rpartition("/")[0] + "/" if "/" in shard.name else ""
        self._written = {shard.name}
        self._file = outbox.create(shard.name)
        self._open_line = False

    def put(self, record: Record) -> None:
        """Append one row and copy its images."""
        row = record.pair.payload
        assert isinstance(row, Row)
        raw = splice(row.raw, self._changes(record)) if row.raw else self._fresh(record, row)
        if self._open_line:  # the source's last line had no end, and an image without a row follows it
            self._file.write(_NEW_LINE)
        self._file.write(raw)
        self._open_line = not raw.endswith(_NEW_LINE)
        for at, name in enumerate(row.files):
            self._copy(name, record.pair.image if at == 0 else None)

    def finish(self) -> None:
        """End the file of rows."""
        self._file.close()

    def _changes(self, record: Record) -> dict[str, Json]:
        changed = record.caption.text != record.pair.text
        text: dict[str, Json] = {self._rules.text: storable(record.caption.text)[0]} if changed else {}
        return {**text, **columns(record)}

    def _fresh(self, record: Record, row: Row) -> bytes:
        text = storable(record.caption.text)[0]
        line = {self._rules.image: row.files[0], self._rules.text: text, **columns(record)}
        return dumps(line).encode() + _NEW_LINE

    def _copy(self, name: str, image: bytes | None) -> None:
        target = output_name(self._base, name)
        if target in self._written:
            return
        raw = image if image is not None else fetch_extra(self._folder, name, self._max_image_bytes)
        if raw is not None:
            self._written.add(target)
            with self._outbox.create(target) as file:
                file.write(raw)
