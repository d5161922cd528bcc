"""Parts of a Parquet file: some columns of all rows, or the images of some rows. The footer says where they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

import pyarrow.parquet as pq

from burnish.errors import VerifyError
from burnish.stores._parquet.cells import bytes_of, fields_of
from burnish.stores._parquet.layout import layout
from burnish.stores._parquet.reading import CorruptError, batches, opened
from burnish.values import Json


def fields(path: Path, wanted: Callable[[str], bool]) -> Iterator[Mapping[str, Json]]:
    """For each row the plain values of the columns that are `wanted`. Raises `VerifyError` where it is damaged."""
    with _sound(path) as table:
        names = [name for name in table.schema_arrow.names if wanted(name)]
        if not names:
            yield from repeat({}, table.metadata.num_rows)
            return
        for group in range(table.metadata.num_row_groups):
            for batch in batches(table, group, path, names):
                columns = fields_of(batch, ())
                for at in range(batch.num_rows):
                    yield {name: column[at] for name, column in columns.items()}


def images(path: Path, options: Mapping[str, str], numbers: set[int]) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of the images in these rows, counted from 0. Of row groups without one nothing is read, of others
    the images before the last that is wanted. Raises `VerifyError` where the file is damaged.
    """
    with _sound(path) as table:
        column = layout(table.schema_arrow, options, path.name).image
        first = 0
        for group in range(table.metadata.num_row_groups):
            rows = int(table.metadata.row_group(group).num_rows)
            inside = sorted(number - first for number in numbers if first <= number < first + rows)
            for row, data in _of_group(table, group, path, column, inside):
                yield first + row, data
            first += rows


def _of_group(
    table: pq.ParquetFile, group: int, path: Path, column: str, rows: list[int]
) -> Iterator[tuple[int, bytes]]:
    """`rows` in ascending order, counted from the group's first."""
    if not rows:
        return
    first = 0
    for batch in batches(table, group, path, [column]):
        cells = bytes_of(batch.column(column))
        for row in rows:
            if first <= row < first + batch.num_rows and cells[row - first].is_valid:
                yield row, cells[row - first].as_py()
        first += batch.num_rows
        if first > rows[-1]:
            return


@contextmanager
def _sound(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with opened(path) as table:
            yield table
    except CorruptError as error:
        raise VerifyError(f"{path.name} is not as it was written: {error}.\nSee: burnish verify") from error
