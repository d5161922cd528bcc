"""Rows of one Parquet file, in order and in bounded memory; what cannot be read becomes a fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from burnish.storage.stopping import stop_error
from burnish.stores._numbering import Numbering
from burnish.stores._parquet.cells import bytes_of, fields_of, names_of, texts_of
from burnish.stores._parquet.layout import Layout, layout
from burnish.stores._strict_json import dumps
from burnish.texts import storable
from burnish.values import Fault, Item, Json, Origin, Pair, Reason, Shard

BATCH_BYTES: Final = 32 << 20
"""Uncompressed bytes aimed at in one batch: 6 rows of 5 MB, or `_MAX_ROWS` small ones."""

_MAX_ROWS: Final = 32  # equal images share bytes in the file but not in memory: sizes alone can mislead
_BUFFER_BYTES: Final = 1 << 20
_RAW_BYTES: Final = 64 << 10


class CorruptError(Exception):
    """The file, or a part of it, is not sound Parquet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A pair's place: row group and row in it."""

    group: int
    row: int


@contextmanager
def opened(path: Path) -> Iterator[pq.ParquetFile]:
    """The file, read through small buffers. Raises `CorruptError` if its footer is not sound."""
    with _corrupt_or_stop(path):
        # Without buffers and with pre-buffering a whole row group's columns would be held in memory.
        table = pq.ParquetFile(
            path, buffer_size=_BUFFER_BYTES, pre_buffer=False, page_checksum_verification=True, memory_map=False
        )
    with table:
        yield table


def batches(
    table: pq.ParquetFile, group: int, path: Path, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """A row group, or some `columns` of it, in batches; the same cuts each time. Raises `CorruptError` where it cannot
    be read on.
    """
    with _corrupt_or_stop(path):
        size = _batch_rows(table.metadata, group)
        rows = iter(table.iter_batches(size, row_groups=[group], columns=columns, use_threads=False))
    while True:
        with _corrupt_or_stop(path):
            batch = next(rows, None)
        if batch is None:
            return
        yield batch


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads the items of `shard` from a local copy at `path`."""

    path: Path
    shard: Shard
    options: Mapping[str, str]
    max_image_bytes: int
    numbering: Numbering

    def items(self) -> Iterator[Item]:
        """Pairs and faults, one for each row; one fault for a file without a sound footer."""
        try:
            with opened(self.path) as table:
                columns = layout(table.schema_arrow, self.options, self.shard.name)
                for group in range(table.metadata.num_row_groups):
                    yield from self._group(table, group, columns)
        except CorruptError as error:
            yield self._bad_file(str(error))

    def _group(self, table: pq.ParquetFile, group: int, columns: Layout) -> Iterator[Item]:
        rows = table.metadata.row_group(group).num_rows
        done = 0
        why = "it holds fewer rows than the footer says"
        try:
            for batch in batches(table, group, self.path):
                yield from self._batch(batch, Row(group=group, row=done), columns)
                done += batch.num_rows
        except CorruptError as error:
            why = str(error)
        if done < rows:
            yield from self._bad_rows(group, rows - done, why)

    def _batch(self, batch: pa.RecordBatch, first: Row, columns: Layout) -> Iterator[Item]:
        images = bytes_of(batch.column(columns.image))
        names = names_of(batch.column(columns.image))
        texts = texts_of(batch.column(columns.text))
        fields = fields_of(batch, (columns.image, columns.text))
        for at in range(batch.num_rows):
            values = {name: column[at] for name, column in fields.items()}
            yield self._item(
                _Cells(
                    place=Row(group=first.group, row=first.row + at),
                    image=images[at],
                    name=names[at],
                    text=texts[at],
                    fields=values,
                    key=values.get(columns.key),
                )
            )

    def _item(self, cells: _Cells) -> Item:
        given = cells.key
        key = f"{self.numbering.next:09d}" if given is None else str(given)
        origin = self.numbering.origin()
        size = len(cells.image.as_buffer()) if cells.image.is_valid else 0
        if not 0 < size <= self.max_image_bytes:
            return _unusable(origin, key, cells, size)
        return Pair(
            origin=origin,
            key=key,
            image=cells.image.as_py(),
            image_name=cells.name or key,
            text=cells.text,
            fields=cells.fields,
            flags=self.numbering.flags(key) if given is not None else (),
            payload=cells.place,
        )

    def _bad_rows(self, group: int, rows: int, why: str) -> Iterator[Fault]:
        """One fault for each row that cannot be read; a footer that claims absurdly many gets one for all.

        Without byte ranges: to ask Arrow for those of a damaged footer can abort the process.
        """
        detail = f"row group {group}: {why}"
        if rows > 8 * self.shard.size:  # not even one bit of the file for each row
            rows, detail = 1, f"row group {group} claims {rows:,} rows: {why}"
        for _ in range(rows):
            origin = self.numbering.origin()
            yield Fault(
                origin=origin,
                key=f"{origin.ordinal:09d}",
                reason=Reason.BAD_PARQUET,
                detail=detail[:500],
            )

    def _bad_file(self, why: str) -> Fault:
        with self.path.open("rb") as file:
            raw = file.read(_RAW_BYTES)
        return Fault(
            origin=self.numbering.origin(),
            key=self.shard.name,
            reason=Reason.BAD_PARQUET,
            detail=why[:500],
            start=0,
            stop=self.shard.size,
            raw=raw,
            raw_size=self.shard.size,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    place: Row
    image: Any
    name: str
    text: str
    fields: Mapping[str, Json]
    key: Json


def _unusable(origin: Origin, key: str, cells: _Cells, size: int) -> Fault:
    reason, detail = Reason.NO_IMAGE, "the image cell is null or empty"
    if size:
        reason, detail = Reason.TOO_LARGE, f"an image of {size:,} bytes"
    elif cells.name:
        detail = "no image bytes, only the path of a file that is not in the table"
    raw = dumps({"text": storable(cells.text)[0], "path": cells.name}).encode()[:_RAW_BYTES]
    return Fault(origin=origin, key=key, reason=reason, detail=detail, raw=raw, raw_size=len(raw) + size)


def _batch_rows(footer: pq.FileMetaData, group: int) -> int:
    info = footer.row_group(group)
    each = max(1, int(info.total_byte_size) // max(1, int(info.num_rows)))
    return max(1, min(BATCH_BYTES // each, _MAX_ROWS))


@contextmanager
def _corrupt_or_stop(path: Path) -> Iterator[None]:
    """Arrow reports damage as one of its own errors or as an `OSError` without a number; with one it is the disk."""
    try:
        yield
    except OSError as error:
        if error.errno:
            raise stop_error("read", str(path), error) from error
        raise CorruptError(_short(error)) from error
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise CorruptError(_short(error)) from error


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
