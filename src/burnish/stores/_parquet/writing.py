"""Records back into a Parquet file: the input's columns, types, notes and row groups, the chosen caption, our columns.

The file is made in `finish`, in a second pass over the source: image bytes and foreign columns go from file to file
as Arrow data, never through Python values, and only then is it known which columns of ours there are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from burnish.columns import columns
from burnish.protocols import Outbox
from burnish.storage.sources import local_copy
from burnish.stores._parquet.layout import Layout, layout
from burnish.stores._parquet.reading import CorruptError, Row, batches, opened
from burnish.stores._parquet.settings import settings
from burnish.stores._spool import Spool
from burnish.texts import storable
from burnish.values import Json, Record, Shard

_ROWS_AT_ONCE: Final = 512
_GROUP_BYTES: Final = 128 << 20
"""A row group is cut here, because Arrow wants all of it at once; writers rarely make larger ones of images."""


_FRESH: Final = sys.maxsize
"""Stands for the row group of rows that the source does not have: after all others."""


class TableWriter:
    """Writes one table under its own name, from what is noted row by row: our columns, and texts and rows that are new.

    A source without a sound footer gives a table of the new rows only, and none at all if there are none.
    """

    def __init__(self, shard: Shard, outbox: Outbox, find: Callable[[pa.Schema], Layout], key: str = "") -> None:
        """`find` tells the columns to be used; `key` is the column that new rows get a name in."""
        self._shard = shard
        self._outbox = outbox
        self._find = find
        self._key = key
        self._spool = Spool()
        self._has_fresh = False

    def put(self, place: Row, record: Record) -> None:
        """Note the row at `place`: its new text (None: as it stands) and our columns."""
        changed = record.caption.text != record.pair.text
        text = storable(record.caption.text)[0] if changed else None
        self._spool.put(orjson.dumps([place.group, place.row, text, columns(record), ""]))

    def put_fresh(self, name: str, record: Record) -> None:
        """Note a row that the source does not have. After all that it has."""
        self._has_fresh = True
        self._spool.put(orjson.dumps([_FRESH, 0, storable(record.caption.text)[0], columns(record), name]))

    def finish(self) -> None:
        """Write the file."""
        with local_copy(self._shard) as path, _sound(path) as table:
            if table is not None:
                self._write(table, path)
            elif self._has_fresh:
                self._write_fresh()
        self._spool.close()

    def _write(self, table: pq.ParquetFile, path: Path) -> None:
        used = self._find(table.schema_arrow)
        schema = self._schema(table.schema_arrow, used)
        records = _Ahead(self._entries())
        how = settings(table, schema, used, records.group if records.group != _FRESH else -1)
        with (
            self._outbox.create(self._shard.name) as sink,
            pq.ParquetWriter(sink, schema, **how) as out,
        ):
            for group in range(table.metadata.num_row_groups):
                for part in _parts(_group(table, path, group, used, records, schema)):
                    out.write_table(part, row_group_size=max(1, part.num_rows))
            self._append_fresh(out, records, schema, used)

    def _write_fresh(self) -> None:
        theirs = pa.schema([(self._key, pa.string())])
        used = self._find(theirs)
        schema = self._schema(theirs, used)
        with self._outbox.create(self._shard.name) as sink, pq.ParquetWriter(sink, schema) as out:
            self._append_fresh(out, _Ahead(self._entries()), schema, used)

    def _append_fresh(self, out: pq.ParquetWriter, records: _Ahead, schema: pa.Schema, used: Layout) -> None:
        entries = records.take(_FRESH, before=1)
        if entries:
            keys = pa.array([entry.key for entry in entries], pa.string())
            batch = pa.record_batch([keys], names=[self._key])
            out.write_table(pa.Table.from_batches([_joined(batch, 0, entries, used, schema)]))

    def _schema(self, theirs: pa.Schema, used: Layout) -> pa.Schema:
        schema = _schema(theirs, _our_schema(self._chunks()), used)
        if not self._has_fresh:
            return schema
        return pa.schema([field.with_nullable(True) for field in schema], metadata=schema.metadata)

    def _entries(self) -> Iterator[_Entry]:
        for line in self._spool:
            yield _Entry(*orjson.loads(line))

    def _chunks(self) -> Iterator[list[dict[str, Json]]]:
        rows: list[dict[str, Json]] = []
        for entry in self._entries():
            rows.append(entry.ours)
            if len(rows) == _ROWS_AT_ONCE:
                yield rows
                rows = []
        yield rows


class ParquetShardWriter:
    """A `TableWriter` for tables that hold the images themselves: every record has a row there."""

    def __init__(self, shard: Shard, outbox: Outbox, options: Mapping[str, str]) -> None:
        """`options` are the store's, to find the same columns as the reader."""
        self._table = TableWriter(shard, outbox, lambda schema: layout(schema, options, shard.name))

    def put(self, record: Record) -> None:
        """Note the record's row."""
        place = record.pair.payload
        assert isinstance(place, Row)
        self._table.put(place, record)

    def finish(self) -> None:
        """Write the file."""
        self._table.finish()


class _Entry:
    __slots__ = ("group", "key", "ours", "row", "text")

    def __init__(self, group: int, row: int, text: str | None, ours: dict[str, Json], key: str) -> None:
        self.key = key
        self.group = group
        self.row = row
        self.text = text
        self.ours = ours


class _Ahead:
    """The entries in order, with one look ahead."""

    def __init__(self, entries: Iterator[_Entry]) -> None:
        self._entries = entries
        self._next = next(entries, None)

    @property
    def group(self) -> int:
        """The row group of the next entry, -1 at the end."""
        return self._next.group if self._next is not None else -1

    def take(self, group: int, before: int) -> list[_Entry]:
        taken: list[_Entry] = []
        while self._next is not None and self._next.group == group and self._next.row < before:
            taken.append(self._next)
            self._next = next(self._entries, None)
        return taken


@contextmanager
def _sound(path: Path) -> Iterator[pq.ParquetFile | None]:
    """The source again; None where the reader found no sound footer and told so by a fault."""
    with ExitStack() as stack:
        try:
            table = stack.enter_context(opened(path))
        except CorruptError:
            table = None
        yield table


def _our_schema(chunks: Iterator[list[dict[str, Json]]]) -> pa.Schema:
    """The union of our columns over all records, in order of first appearance."""
    schema = pa.schema([])
    for rows in chunks:
        if rows:
            schema = pa.unify_schemas([schema, pa.schema(list(pa.array(rows).type))], promote_options="permissive")
    return schema


def _schema(theirs: pa.Schema, ours: pa.Schema, used: Layout) -> pa.Schema:
    """Their columns in their order and types, then ours; a column of theirs with a name of ours gives way."""
    kept = [
        pa.field(f.name, pa.string(), metadata=f.metadata) if f.name == used.text and pa.types.is_null(f.type) else f
        for f in theirs
        if f.name == used.text or f.name not in ours.names
    ]
    if used.text not in theirs.names:
        kept.append(pa.field(used.text, pa.string()))
    notes = dict(theirs.metadata or {})
    if b"huggingface" in notes:
        notes[b"huggingface"] = _features(notes[b"huggingface"], ours)
    return pa.schema([*kept, *ours], metadata=notes)


def _features(note: bytes, ours: pa.Schema) -> bytes:
    """The note by which `datasets` knows its column types, with ours added: it must name every column or none."""
    try:
        known = json.loads(note)
        features = known["info"]["features"]
        features.update({field.name: _feature(field.type) for field in ours})
    except (ValueError, KeyError, TypeError, AttributeError):
        return note  # not a note that `datasets` could read either
    return json.dumps(known).encode()


def _feature(kind: pa.DataType) -> Any:
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    if pa.types.is_list(kind):
        return [_feature(kind.value_type)]
    return {"dtype": "float64" if pa.types.is_float64(kind) else str(kind), "_type": "Value"}


def _group(
    table: pq.ParquetFile, path: Path, group: int, used: Layout, records: _Ahead, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """The kept rows of one row group, batch by batch; stops before a place that could not be read."""
    start = 0
    rows = batches(table, group, path)
    while records.group == group:
        batch = next(rows)
        entries = records.take(group, start + batch.num_rows)
        if entries:
            yield _joined(batch, start, entries, used, schema)
        start += batch.num_rows


def _joined(
    batch: pa.RecordBatch, start: int, entries: list[_Entry], used: Layout, schema: pa.Schema
) -> pa.RecordBatch:
    if len(entries) < batch.num_rows:
        batch = batch.take(pa.array([entry.row - start for entry in entries]))
    ours = pa.array([entry.ours for entry in entries])
    arrays = []
    for field in schema:
        if field.name == used.text:
            texts = batch.column(used.text) if used.text in batch.schema.names else pa.nulls(batch.num_rows, field.type)
            arrays.append(_texts(texts, [entry.text for entry in entries], field.type))
        elif ours.type.get_field_index(field.name) >= 0:
            arrays.append(ours.field(field.name).cast(field.type))
        elif field.name in batch.schema.names:
            column = batch.column(field.name)
            arrays.append(column if column.type == field.type else column.cast(field.type))
        else:
            arrays.append(pa.nulls(batch.num_rows, field.type))
    return pa.record_batch(arrays, schema=schema)


def _texts(column: pa.Array, fresh: list[str | None], kind: pa.DataType) -> pa.Array:
    """The text cells with the new ones in place; untouched cells keep their bytes, null or not UTF-8."""
    if not any(text is not None for text in fresh):
        return column.cast(kind) if pa.types.is_null(column.type) else column
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    wide = pa.large_string() if pa.types.is_large_string(plain) else pa.string()
    dense = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    mask = pa.array([text is not None for text in fresh])
    mixed = pc.replace_with_mask(dense.cast(wide), mask, pa.array([t for t in fresh if t is not None], wide))
    if pa.types.is_dictionary(kind):
        return mixed.cast(plain).dictionary_encode().cast(kind)
    return mixed.cast(kind)


def _parts(kept: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in kept:
        held.append(batch)
        size += batch.nbytes
        if size >= _GROUP_BYTES:
            yield pa.Table.from_batches(held)
            held, size = [], 0
    if held:
        yield pa.Table.from_batches(held)
