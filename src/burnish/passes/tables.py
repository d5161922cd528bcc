"""The tables that passes write: rows for the pairs of one shard that there is something to say of, in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, BinaryIO

from burnish.mixing.keeping import name_of
from burnish.mixing.sources import Source
from burnish.storage.ledger import Counts
from burnish.storage.run import Run
from burnish.values import Shard

if TYPE_CHECKING:
    import pyarrow as pa

    from burnish.storage.arrow import RowWriter

_ROWS = 10_000

Columns = tuple[tuple[str, str], ...]

PAIR: Columns = (("row", "int64"), ("key", "string"), ("image_xxh128", "string"))
"""Which pair of the shard: its place from 0, and what it is."""

KEEP: Columns = (("start", "double"), ("share", "double"))
"""What a mixture goes by, beside `group` (`burnish.mixing.keeping`)."""

DUPLICATES: Columns = (*PAIR, ("group", "string"), ("size", "int64"), ("place", "int64"), ("near", "bool"), *KEEP)
QUOTAS: Columns = (*PAIR, ("group", "string"), *KEEP)


@cache
def schema(columns: Columns) -> pa.Schema:
    """`columns` for Arrow."""
    import pyarrow as pa

    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns])


def writer(sink: BinaryIO, columns: Columns) -> RowWriter:
    """What writes a table of `columns` to `sink`, which is left open."""
    from burnish.storage import arrow

    return arrow.RowWriter(sink, schema(columns), _ROWS)


@contextmanager
def writing(run: Run, source: Source, shard: Shard, columns: Columns) -> Iterator[RowWriter]:
    """The table of a shard, committed when the body has ended without an error; a shard without rows has one too."""
    name = name_of(source.name, shard.name)
    with run.commit(replace(shard, name=name)) as commit:
        table = writer(commit.create(name), columns)
        yield table
        table.finish()
        commit.publish(Counts())
