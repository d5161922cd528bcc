"""Plain Python values as Arrow arrays, built from buffers, and rows of them as Parquet.

`pyarrow.array` does the same but imports pandas first wherever it is installed: 0.26 s and 17 MB in every process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa

from burnish.errors import VerifyError

if TYPE_CHECKING:
    import pyarrow.parquet as pq
    from numpy.typing import NDArray

_NUMBERS: dict[pa.DataType, type[np.generic]] = {
    pa.int32(): np.int32,
    pa.int64(): np.int64,
    pa.float64(): np.float64,
}


@contextmanager
def parquet_of_ours(source: BinaryIO) -> Iterator[pq.ParquetFile]:
    """A Parquet file that burnish wrote, to be read in the caller's thread. Raises `VerifyError` if it is damaged, also
    while it is read inside; errors of the disk go through.
    """
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source, pre_buffer=False) as file:
            yield file
    except (pa.ArrowInvalid, OSError) as error:
        if not is_damage(error):
            raise
        raise VerifyError(
            f"{getattr(source, 'name', 'a Parquet file')} is damaged: {str(error)[:200]}\n"
            "burnish verify says what else is. Once it is deleted, the command that wrote it does those shards again."
        ) from error


def is_damage(error: BaseException) -> bool:
    """Whether this says that a Parquet file cannot be read as one, and not that the disk fails: Arrow's own `OSError`s
    have no number.
    """
    return isinstance(error, pa.ArrowInvalid) or (isinstance(error, OSError) and error.errno is None)


class RowWriter:
    """Writes rows, put in order, in groups: memory is that of one group. The same rows give the same bytes."""

    def __init__(self, sink: BinaryIO, schema: pa.Schema, rows_per_group: int) -> None:
        """`sink` is written front to back and left open."""
        import pyarrow.parquet as pq

        self._schema, self._rows_per_group = schema, rows_per_group
        self._parquet = pq.ParquetWriter(sink, schema, compression="zstd")
        self._rows: list[Mapping[str, Any]] = []

    def put(self, row: Mapping[str, Any]) -> None:
        """Append one row, which has every column of the schema."""
        self._rows.append(row)
        if len(self._rows) >= self._rows_per_group:
            self._flush()

    def finish(self) -> None:
        """Write what is left and the footer."""
        self._flush()
        self._parquet.close()

    def __del__(self) -> None:
        """A file that was given up is not finished: pyarrow would write a footer to a sink that may be closed."""
        if hasattr(self, "_parquet"):
            self._parquet.is_open = False

    def _flush(self) -> None:
        if self._rows:
            self._parquet.write_table(table(self._rows, self._schema))
            self._rows = []


def table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """`rows` as a table; each has every column of `schema`. Types as for `array`."""
    return pa.Table.from_arrays([array([row[f.name] for row in rows], f.type) for f in schema], schema=schema)


def array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """`values` as an array of strings, binary, booleans, int32, int64, float64, or lists and structs of them.

    Only numbers may be None. Strings must be storable. Raises `TypeError` for another type.
    """
    if kind in _NUMBERS:
        return _numbers(values, kind)
    build = next((made for is_one, made in _BUILDERS if is_one(kind)), None)
    if build is None:
        raise TypeError(f"no arrays of {kind}")
    return build(values, kind)


def _numbers(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    there = None
    if None in values:
        there = _bits(value is not None for value in values)
        values = [0 if value is None else value for value in values]
    return pa.Array.from_buffers(kind, len(values), [there, pa.py_buffer(np.array(values, _NUMBERS[kind]))])


def _bits(values: Iterable[bool]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(np.fromiter(values, np.bool_), bitorder="little"))


def _booleans(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return pa.Array.from_buffers(kind, len(values), [None, _bits(values)])


def _texts(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return _binary([value.encode() for value in values], kind)


def _binary(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return pa.Array.from_buffers(kind, len(values), [None, _offsets(values), pa.py_buffer(b"".join(values))])


def _lists(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    inner = array(list(chain.from_iterable(values)), kind.value_type)
    return pa.Array.from_buffers(kind, len(values), [None, _offsets(values)], children=[inner])


def _structs(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    inner = [array([value[field.name] for value in values], field.type) for field in kind]
    return pa.Array.from_buffers(kind, len(values), [None], children=inner)


def _offsets(values: Sequence[Any]) -> pa.Buffer:
    ends: NDArray[np.int64] = np.cumsum([0, *map(len, values)])
    if ends[-1] >= 2**31:
        raise ValueError(f"{int(ends[-1]):,} bytes or items in one array: Arrow's offsets have 31 bits")
    return pa.py_buffer(ends.astype(np.int32))


_BUILDERS = (
    (pa.types.is_string, _texts),
    (pa.types.is_binary, _binary),
    (pa.types.is_boolean, _booleans),
    (pa.types.is_list, _lists),
    (pa.types.is_struct, _structs),
)
