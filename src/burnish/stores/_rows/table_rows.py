"""Rows as a Parquet table without images: columns, types and row groups stay, our columns follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from burnish.protocols import Outbox
from burnish.stores._parquet.cells import fields_of, nested
from burnish.stores._parquet.layout import Layout, is_text, schema_of
from burnish.stores._parquet.reading import CorruptError, batches, opened
from burnish.stores._parquet.reading import Row as Place
from burnish.stores._parquet.writing import TableWriter
from burnish.stores._rows.entries import Entry, Form, Row
from burnish.stores._rows.rules import Fields, Rules
from burnish.values import Json, Reason, Record, Shard


def look(shard: Shard) -> Fields:
    """The columns by the footer; none if that is not sound, which becomes a fault when the shard is read."""
    schema = schema_of(shard)
    if schema is None:
        return Fields(names=[], texts=[])
    return Fields(names=schema.names, texts=[field.name for field in schema if is_text(field.type)])


def entries(path: Path, first: int = 0) -> Iterator[Entry]:
    """One entry for each row from row `first` on, one for a file or the rest of a file that cannot be read."""
    group = row = 0
    skipped = first
    try:
        with opened(path) as table:
            for group in range(table.metadata.num_row_groups):
                rows = int(table.metadata.row_group(group).num_rows)
                if skipped >= rows:
                    skipped -= rows
                    continue
                row = 0
                for batch in batches(table, group, path):
                    behind = batch.slice(min(skipped, batch.num_rows))
                    skipped -= batch.num_rows - behind.num_rows
                    yield from _entries(behind, group, row + batch.num_rows - behind.num_rows)
                    row += batch.num_rows
    except CorruptError as error:
        yield Entry(place=f"row group {group}, row {row}", fault=(Reason.BAD_PARQUET, str(error)))


def _entries(batch: pa.RecordBatch, group: int, first: int) -> Iterator[Entry]:
    columns: dict[str, list[Json]] = fields_of(batch, ())
    lists = {name for name in batch.schema.names if name.endswith("file_names")}
    columns |= {name: nested(batch.column(name)) for name in lists}
    for at in range(batch.num_rows):
        yield Entry(
            place=f"row group {group}, row {first + at}",
            fields={name: column[at] for name, column in columns.items()},
            at=(group, first + at),
        )


class TableSink:
    """Notes each row; the table is made in `finish`."""

    def __init__(self, shard: Shard, outbox: Outbox, rules: Rules) -> None:
        """Nothing is written before `finish`."""
        used = Layout(image="", text=rules.text, key=rules.image)
        self._table = TableWriter(shard, outbox, lambda _: used, key=rules.image)

    def put(self, row: Row, record: Record) -> None:
        """Note one row."""
        if row.at is None:
            self._table.put_fresh(row.files[0], record)
        else:
            self._table.put(Place(group=row.at[0], row=row.at[1]), record)

    def finish(self) -> None:
        """Write the table."""
        self._table.finish()


FORM: Final = Form(look=look, entries=entries, sink=TableSink)
