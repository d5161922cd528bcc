"""Records back into a Parquet file: the input's columns, types, notes and row groups, the chosen caption, our columns.

The file is made in `finish`, in a second pass over the source: image bytes and foreign columns go from file to file
as Arrow data, never through Python values, and only then is it known which columns of ours there are.
"""

from __future__ import annotations

import json
import tempfile
import weakref
from collections.abc import Iterator, Mapping
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
from burnish.storage.stopping import stopping
from burnish.stores._parquet.layout import Layout, layout
from burnish.stores._parquet.reading import CorruptError, Row, batches, opened
from burnish.stores._parquet.settings import settings
from burnish.texts import storable
from burnish.values import Record, Shard

_SPOOL_BYTES: Final = 8 << 20
_ROWS_AT_ONCE: Final = 512
_GROUP_BYTES: Final = 128 << 20
"""A row group is cut here, because Arrow wants all of it at once; writers rarely make larger ones of images."""


class ParquetShardWriter:
    """Writes one shard under its own name; nothing at all for a file that has no sound footer."""

    def __init__(self, shard: Shard, outbox: Outbox, options: Mapping[str, str]) -> None:
        """`options` are the store's, to find the same columns as the reader."""
        self._shard = shard
        self._outbox = outbox
        self._options = options
        self._spool = tempfile.SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115 -- closed in `finish`, or with us
        weakref.finalize(self, self._spool.close)  # an abandoned writer is never finished

    def put(self, record: Record) -> None:
        """Note the record's place, its new text (None: as it stands) and our columns."""
        place = record.pair.payload
        assert isinstance(place, Row)
        changed = record.caption.text != record.pair.text
        text = storable(record.caption.text)[0] if changed else None
        line = orjson.dumps([place.group, place.row, text, columns(record)])
        with stopping("write", tempfile.gettempdir()):
            self._spool.write(line + b"\n")

    def finish(self) -> None:
        """Write the file."""
        with self._spool, local_copy(self._shard) as path, _sound(path) as table:
            if table is not None:
                self._write(table, path)

    def _write(self, table: pq.ParquetFile, path: Path) -> None:
        used = layout(table.schema_arrow, self._options, self._shard.name)
        ours = _our_schema(self._chunks())
        schema = _schema(table.schema_arrow, ours, used)
        records = _Ahead(self._entries())
        how = settings(table, schema, used, records.group)
        with (
            self._outbox.create(self._shard.name) as sink,
            pq.ParquetWriter(sink, schema, **how) as out,
        ):
            for group in range(table.metadata.num_row_groups):
                for part in _parts(_group(table, path, group, used, records, schema)):
                    out.write_table(part, row_group_size=max(1, part.num_rows))

    def _entries(self) -> Iterator[_Entry]:
        self._spool.seek(0)
        for line in self._spool:
            yield _Entry(*orjson.loads(line))

    def _chunks(self) -> Iterator[list[dict[str, Any]]]:
        rows: list[dict[str, Any]] = []
        for entry in self._entries():
            rows.append(entry.ours)
            if len(rows) == _ROWS_AT_ONCE:
                yield rows
                rows = []
        yield rows


class _Entry:
    __slots__ = ("group", "ours", "row", "text")

    def __init__(self, group: int, row: int, text: str | None, ours: dict[str, Any]) -> None:
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


def _our_schema(chunks: Iterator[list[dict[str, Any]]]) -> pa.Schema:
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
            arrays.append(_texts(batch.column(used.text), [entry.text for entry in entries], field.type))
        elif ours.type.get_field_index(field.name) >= 0:
            arrays.append(ours.field(field.name).cast(field.type))
        elif field.name in batch.schema.names:
            arrays.append(batch.column(field.name))
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
