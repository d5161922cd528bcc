"""Rows as CSV, comma-separated with a header, as `datasets` and pandas read them.

A row whose text stays is written back as it stood, our cells behind it; of any other row the cells keep their values,
also those that a spreadsheet would run (hazard 16). Cells are texts: only our own are read back as what they were.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from burnish.columns import columns, from_cell, to_cell
from burnish.errors import UsageError
from burnish.protocols import Outbox
from burnish.storage.sources import local_copy
from burnish.stores._rows.entries import Entry, Form, Row
from burnish.stores._rows.files import opened
from burnish.stores._rows.rules import Fields, Rules
from burnish.stores._spool import Spool
from burnish.stores._strict_json import MAX_BYTES
from burnish.texts import storable
from burnish.values import Json, Reason, Record, Shard

_BOM: Final = "\ufeff"
_KEPT_BYTES: Final = 64 << 10
_LOOKED_AT: Final = 64 << 10
_ENDS: Final = "\r\n"


def look(shard: Shard) -> Fields:
    """The columns of the header, all of them texts. Raises `UsageError` if two have one name."""
    with opened(shard) as file:
        _refuse_other_text(file.read(_LOOKED_AT), shard.name)
    with opened(shard) as file:
        names = Records(file).header
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"{shard.name}: two columns are called {twice[0]!r}.\nRename one of them.")
    return Fields(names=names, texts=names)


def _refuse_other_text(start: bytes, name: str) -> None:
    """Raise `UsageError` for what a spreadsheet may write and no row would be found in."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start:
        raise UsageError(f"{name} is not in UTF-8 (UTF-16 perhaps).\nSave it as CSV in UTF-8.")
    if b"\r" in start and b"\n" not in start:
        raise UsageError(f"{name}: its lines end in CR alone, as on an old Mac.\nSave it with line ends LF or CRLF.")


def entries(path: Path) -> Iterator[Entry]:
    """One entry for each row below the header; blank lines are none."""
    with path.open("rb") as file:
        yield from Records(file)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """Cells of one record, or what is wrong with it; where it stands and its bytes, cut where they cannot be used."""

    cells: list[str]
    why: str
    number: int
    start: int
    size: int
    raw: bytes


class Records:
    """The records of a file with the bytes they were read from: lines end at line feeds outside quotes only."""

    def __init__(self, file: BinaryIO, delimiter: str = ",") -> None:
        """`file` begins with the header."""
        # The limit is the process's, and 128 KiB at first: captions may be longer.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES))
        self._file = file
        self._taken: list[bytes] = []
        self._rows = csv.reader(iter(self._line, ""), delimiter=delimiter)
        self._number = self._at = 0
        self._ended = False
        head = next(self._records(), None)
        whole = head is not None and head.raw.endswith(b"\n")  # else it was cut, and no row follows
        self.head = head.raw if head and whole else b""
        names = head.cells if head and whole else []
        self.header = [name.removeprefix(_BOM) if at == 0 else name for at, name in enumerate(names)]

    def __iter__(self) -> Iterator[Entry]:
        for record in self._records():
            why = record.why or self._misfit(record)
            yield Entry(
                place=f"line {record.number}",
                fields={} if why else {n: from_cell(n, c) for n, c in zip(self.header, record.cells, strict=False)},
                fault=(Reason.BAD_LINE, why) if why else None,
                start=record.start,
                size=record.size,
                raw=record.raw,
            )

    def _misfit(self, record: _Record) -> str:
        """Rows may be short, as `datasets` takes them, but not at the file's torn end."""
        cells, wanted = len(record.cells), len(self.header)
        if cells > wanted or (cells < wanted and not record.raw.endswith(b"\n")):
            return f"{cells} cells, but the header has {wanted}"
        return ""

    def _records(self) -> Iterator[_Record]:
        """Every record that is not blank."""
        while True:
            self._taken = []
            number, start = self._number + 1, self._at
            try:
                cells, why = next(self._rows, None), ""
            except csv.Error as error:
                cells, why = [], str(error)
            if cells is None:
                return
            if self._ended:
                why = "a quote is not closed before the end"
            if cells or why:
                raw = b"".join(self._taken)
                kept = raw[:_KEPT_BYTES] if why else raw
                yield _Record(cells=cells, why=why, number=number, start=start, size=self._at - start, raw=kept)

    def _line(self) -> str:
        """The next line, "" at the end."""
        line = self._file.readline(MAX_BYTES + 1)
        self._taken.append(line)
        self._at += len(line)
        self._number += 1
        self._ended = not line
        if len(line) <= MAX_BYTES or line.endswith(b"\n"):
            return line.decode("utf-8", "surrogateescape")
        size = len(line)
        while piece := self._file.readline(MAX_BYTES):
            size += len(piece)
            self._at += len(piece)
            if piece.endswith(b"\n"):
                break
        raise csv.Error(f"{size:,} bytes long")


class CsvSink:
    """Notes each row, and writes them when it is known which columns of ours there are."""

    def __init__(self, shard: Shard, outbox: Outbox, rules: Rules) -> None:
        """Nothing is written before `finish`."""
        self._shard = shard
        self._outbox = outbox
        self._rules = rules
        self._spool = Spool()
        self._ours: dict[str, None] = {}

    def put(self, row: Row, record: Record) -> None:
        """Note one row."""
        ours = columns(record)
        self._ours.update(dict.fromkeys(ours))
        changes: dict[str, Json] = {name: to_cell(value) for name, value in ours.items()}
        changed = row.fresh or record.caption.text != record.pair.text
        text = storable(record.caption.text)[0] if changed else None
        name = row.files[0] if row.fresh else None
        # JSON's own escapes hold what is no UTF-8.
        self._spool.put(json.dumps([row.raw.decode("utf-8", "surrogateescape"), name, text, changes]).encode())

    def finish(self) -> None:
        """Write the header and all rows."""
        with local_copy(self._shard) as path, path.open("rb") as source:
            found = Records(source)
        header = found.header or [self._rules.image, self._rules.text]
        added = [name for name in dict.fromkeys((self._rules.text, *self._ours)) if name not in header]
        head = found.head.decode("utf-8", "surrogateescape") or ",".join(map(_quoted, header)) + "\n"
        end = _end(head) or "\n"
        with self._outbox.create(self._shard.name) as file:
            file.write(_encoded(_appended(head, added)))
            last = head
            for line in self._spool:
                if not _end(last):  # the file's last line had no end, and another row follows it
                    file.write(end.encode())
                last = self._line(json.loads(line), header, added, end)
                file.write(_encoded(last))
        self._spool.close()

    def _line(self, noted: list[Json], header: list[str], added: list[str], end: str) -> str:
        raw, name, text, ours = noted
        assert isinstance(raw, str)
        assert isinstance(ours, dict)
        changes = {key: str(value) for key, value in ours.items()}
        changes |= {} if name is None else {self._rules.image: str(name)}
        changes |= {} if text is None else {self._rules.text: str(text)}
        cells = next(csv.reader(line + "\n" for line in raw.split("\n")), [])
        if len(cells) == len(header) and changes.keys().isdisjoint(header):
            return _appended(raw, [changes.get(name, "") for name in added])
        known = dict(zip(header, cells, strict=False)) | changes
        return ",".join(_quoted(known.get(name, "")) for name in (*header, *added)) + (_end(raw) if raw else end)


def _appended(raw: str, cells: Sequence[str]) -> str:
    return raw.rstrip(_ENDS) + "".join("," + _quoted(cell) for cell in cells) + _end(raw)


def _end(raw: str) -> str:
    return raw[len(raw.rstrip(_ENDS)) :]


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',"\r\n') else cell


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


FORM: Final = Form(look=look, entries=entries, sink=CsvSink)
