"""Rows of a list of URLs in any of its forms, from any cut of the file, in bounded memory."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, cast

from burnish.stores._rows import json_rows, table_rows
from burnish.stores._rows.csv_rows import Records
from burnish.stores._rows.entries import Entry
from burnish.stores._rows.files import opened
from burnish.stores._rows.lines import lines
from burnish.stores._rows.rules import Fields
from burnish.texts import decode
from burnish.values import Reason, Shard

_LOOKED_AT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Some rows of a file: `first` is where they begin (a byte offset, in tables a row), `rows` how many they are."""

    first: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """A form: a look at its columns, the cuts of at most so many rows, and the entries of one cut."""

    look: Callable[[Shard], Fields]
    cuts: Callable[[Path, int], list[Cut]]
    entries: Callable[[Path, Cut], Iterator[Entry]]


def form_of(name: str) -> ListForm:
    """The form of a file by its ending, which must be one of `SUFFIXES`."""
    return next(form for endings, form in _FORMS if name.lower().endswith(endings))


def _every(starts: Iterator[int], rows: int) -> list[Cut]:
    """Cuts from where rows start."""
    found: list[Cut] = []
    first = count = 0
    for start in starts:
        if count % rows == 0:
            if count:
                found.append(Cut(first=first, rows=rows))
            first = start
        count += 1
    if count:
        found.append(Cut(first=first, rows=count - rows * len(found)))
    return found


# --- tables ---------------------------------------------------------------------------------------------------------


def _table_cuts(path: Path, rows: int) -> list[Cut]:
    from burnish.stores._parquet.reading import CorruptError
    from burnish.stores._parquet.reading import opened as opened_table

    try:
        with opened_table(path) as table:
            total = int(table.metadata.num_rows)
    except CorruptError:
        return [Cut(first=0, rows=1)]  # its one entry will say what is wrong
    return [Cut(first=at, rows=min(rows, total - at)) for at in range(0, total, rows)]


def _table_entries(path: Path, cut: Cut) -> Iterator[Entry]:
    """A table that cannot be read to the end of the cut gives a fault for each row that is missing."""
    found = 0
    for entry in islice(table_rows.entries(path, cut.first), cut.rows):
        found += 1
        yield entry
        if entry.fault is not None:
            yield from [entry] * (cut.rows - found)
            return
    yield from [Entry(place="table", fault=(Reason.BAD_PARQUET, "fewer rows than the footer says"))] * (
        cut.rows - found
    )


# --- lines ----------------------------------------------------------------------------------------------------------


def _line_cuts(path: Path, rows: int) -> list[Cut]:
    with path.open("rb") as file:
        return _every((line.start for line in lines(file)), rows)


def _json_entries(path: Path, cut: Cut) -> Iterator[Entry]:
    with path.open("rb") as file:
        file.seek(cut.first)
        for entry in islice(json_rows.entries_in(file), cut.rows):
            yield _placed(entry, cut.first)


def _plain_entries(path: Path, cut: Cut) -> Iterator[Entry]:
    with path.open("rb") as file:
        file.seek(cut.first)
        for entry in islice(_plain(file), cut.rows):
            yield _placed(entry, cut.first)


def _plain(file: BinaryIO) -> Iterator[Entry]:
    for line in lines(file):
        whole = line.size == len(line.raw)
        yield Entry(
            place="",
            fields={"url": decode(line.raw.strip())} if whole else {},
            fault=None if whole else (Reason.BAD_LINE, f"{line.size:,} bytes long"),
            start=line.start,
            size=line.size,
            raw=line.raw,
        )


def _plain_look(shard: Shard) -> Fields:
    """The one column there is, if the first lines look like URLs."""
    with opened(shard) as file:
        first = [str(entry.fields.get("url")) for entry in islice(_plain(file), _LOOKED_AT)]
    names = ["url"] if first and all("://" in text for text in first) else []
    return Fields(names=names, texts=names)


def _placed(entry: Entry, first: int) -> Entry:
    start = entry.start + first
    return replace(entry, start=start, place=f"byte {start:,}")


# --- separated values -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Separated:
    """CSV and its like, with a header."""

    delimiter: str

    def look(self, shard: Shard) -> Fields:
        with opened(shard) as file:
            names = Records(file, self.delimiter).header
        return Fields(names=names, texts=names)

    def cuts(self, path: Path, rows: int) -> list[Cut]:
        with path.open("rb") as file:
            return _every((entry.start for entry in Records(file, self.delimiter)), rows)

    def entries(self, path: Path, cut: Cut) -> Iterator[Entry]:
        with path.open("rb") as file:
            head = Records(file, self.delimiter).head
            file.seek(cut.first)
            rest = cast("BinaryIO", io.BufferedReader(_Behind(head, file)))
            for entry in islice(Records(rest, self.delimiter), cut.rows):
                yield _placed(entry, cut.first - len(head))


class _Behind(io.RawIOBase):
    """`head`, then what `file` still holds."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = head
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, into: object) -> int:
        view = memoryview(cast("bytearray", into))
        piece = self._head[: len(view)] or self._file.read(len(view))
        self._head = self._head[len(view) :]
        view[: len(piece)] = piece
        return len(piece)


def _separated(delimiter: str) -> ListForm:
    form = _Separated(delimiter)
    return ListForm(look=form.look, cuts=form.cuts, entries=form.entries)


_FORMS: Final[Sequence[tuple[tuple[str, ...], ListForm]]] = (
    ((".parquet", ".pq", ".parq"), ListForm(look=table_rows.look, cuts=_table_cuts, entries=_table_entries)),
    ((".jsonl", ".ndjson"), ListForm(look=json_rows.look, cuts=_line_cuts, entries=_json_entries)),
    ((".csv",), _separated(",")),
    ((".tsv",), _separated("\t")),
    ((".txt",), ListForm(look=_plain_look, cuts=_line_cuts, entries=_plain_entries)),
)
SUFFIXES: Final = tuple(ending for endings, _ in _FORMS for ending in endings)
