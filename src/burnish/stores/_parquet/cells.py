"""Cells of a record batch as Python values, without ever failing on what a file can hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from burnish.columns import CAPTIONS
from burnish.texts import decode
from burnish.values import Json


def bytes_of(column: pa.Array) -> pa.Array:
    """The image bytes of a binary column or of a struct with a ``bytes`` field (null where the struct is null)."""
    if pa.types.is_struct(column.type):
        column = column.flatten()[column.type.get_field_index("bytes")]
    return _dense(column)


def names_of(column: pa.Array) -> list[str]:
    """The file names kept beside the image bytes (field ``path``), "" where there is none."""
    at = column.type.get_field_index("path") if pa.types.is_struct(column.type) else -1
    if at < 0 or not _is_string(column.type.field(at).type):
        return [""] * len(column)
    return texts_of(column.flatten()[at])


def texts_of(column: pa.Array) -> list[str]:
    """The texts, "" for null; bytes that are not UTF-8 arrive as lone surrogates."""
    if pa.types.is_null(column.type):
        return [""] * len(column)
    # By way of binary, because pyarrow refuses to give out a string that is not UTF-8.
    return [decode(raw) if raw else "" for raw in _as_binary(column).to_pylist()]


def fields_of(batch: pa.RecordBatch, without: Sequence[str]) -> dict[str, list[Any]]:
    """The other columns that hold plain values, as JSON values by row. Bytes and nested columns stay in the
    file, but for the captions that an earlier run of ours left.
    """
    found: dict[str, list[Any]] = {}
    for name in batch.schema.names:
        values = None if name in without else _values(batch.column(name))
        if values is not None:
            found[name] = values
    if "burnish_decision" in found and CAPTIONS in batch.schema.names:
        found[CAPTIONS] = nested(batch.column(CAPTIONS))
    return found


def nested(column: pa.Array) -> list[Json]:
    """The captions of an earlier run, which a new run's follow; nulls if it is not ours after all."""
    try:
        values: list[Json] = column.to_pylist()
    except (UnicodeDecodeError, pa.ArrowException):
        return [None] * len(column)
    return values


def _values(column: pa.Array) -> list[Json] | None:
    kind = column.type
    values: list[Json] | None = None
    if _is_string(kind):
        values = [None if raw is None else decode(raw) for raw in _as_binary(column).to_pylist()]
    elif pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        values = column.to_pylist()
    elif pa.types.is_floating(kind):
        values = column.cast(pa.float64()).to_pylist()
    elif pa.types.is_timestamp(kind):
        # In UTC: a zone's name may be unknown here.
        values = column.cast(pa.timestamp(kind.unit)).cast(pa.string()).to_pylist()
    elif pa.types.is_date(kind) or pa.types.is_time(kind) or pa.types.is_decimal(kind):
        values = column.cast(pa.string()).to_pylist()
    return values


def _as_binary(column: pa.Array) -> pa.Array:
    dense = _dense(column)
    return dense.cast(pa.large_binary() if pa.types.is_large_string(dense.type) else pa.binary())


def _dense(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _is_string(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
