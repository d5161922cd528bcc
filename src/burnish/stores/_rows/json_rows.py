"""Rows as JSON lines: each is written back as it stood with the text and our fields in place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from burnish.columns import columns
from burnish.protocols import Outbox
from burnish.stores._rows.entries import Entry, Form, Row
from burnish.stores._rows.files import opened
from burnish.stores._rows.lines import lines
from burnish.stores._rows.rules import Fields, Rules
from burnish.stores._strict_json import StrictJsonError, dumps, parse, splice
from burnish.texts import storable
from burnish.values import Json, Reason, Record, Shard

_NEW_LINE: Final = b"\n"
_LOOKED_AT: Final = 100  # rows; the first ones may lack a text


def look(shard: Shard) -> Fields:
    """The fields of the first sound rows."""
    with opened(shard) as file:
        first = islice(entries_in(file), 10 * _LOOKED_AT)
        return Fields.of(islice((entry.fields for entry in first if entry.fault is None), _LOOKED_AT))


def entries(path: Path) -> Iterator[Entry]:
    """One entry for each line that is not blank."""
    with path.open("rb") as file:
        yield from entries_in(file)


def entries_in(file: BinaryIO) -> Iterator[Entry]:
    """One entry for each line from where `file` stands that is not blank."""
    for line in lines(file):
        place = f"line {line.number}"
        whole = line.size == len(line.raw)
        try:
            fields = parse(line.raw) if whole else {}
            fault = None if whole else (Reason.BAD_LINE, f"{line.size:,} bytes long")
        except StrictJsonError as error:
            fields, fault = {}, (Reason.BAD_LINE, str(error))
        yield Entry(place=place, fields=fields, fault=fault, start=line.start, size=line.size, raw=line.raw)


class JsonSink:
    """Writes each row at once."""

    def __init__(self, shard: Shard, outbox: Outbox, rules: Rules) -> None:
        """Creates the file."""
        self._rules = rules
        self._file = outbox.create(shard.name)
        self._open_line = False

    def put(self, row: Row, record: Record) -> None:
        """Append one line."""
        raw = self._fresh(row, record) if row.fresh else splice(row.raw, self._changes(record))
        if self._open_line:  # the source's last line had no end, and an image without a row follows it
            self._file.write(_NEW_LINE)
        self._file.write(raw)
        self._open_line = not raw.endswith(_NEW_LINE)

    def finish(self) -> None:
        """Close the file."""
        self._file.close()

    def _changes(self, record: Record) -> dict[str, Json]:
        changed = record.caption.text != record.pair.text
        text: dict[str, Json] = {self._rules.text: storable(record.caption.text)[0]} if changed else {}
        return {**text, **columns(record)}

    def _fresh(self, row: Row, record: Record) -> bytes:
        text = storable(record.caption.text)[0]
        line = {self._rules.image: row.files[0], self._rules.text: text, **columns(record)}
        return dumps(line).encode() + _NEW_LINE


FORM: Final = Form(look=look, entries=entries, sink=JsonSink)
