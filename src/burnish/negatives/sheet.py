"""Everything that was made of one shard, kept or refused, as a table: a row a caption, in the order of the pairs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from burnish.storage.files import Files
from burnish.storage.stopping import stopping

if TYPE_CHECKING:
    import pyarrow as pa

    from burnish.storage.arrow import RowWriter

FOLDER = "made"
_ROWS = 500

_COLUMNS = (
    ("row", "int64"),  # the pair's place in the shard, from 0
    ("who", "string"),  # the hash that stands for the pair, in hexadecimal digits
    ("key", "string"),
    ("image", "string"),  # where its image lies in the set
    ("kind", "string"),
    ("way", "string"),
    ("text", "string"),
    ("target", "string"),
    ("score", "double"),  # by the criterion that decides, as the sample teaches it; -1 if unknown
    ("refused", "string"),  # why the judge would not have it, "" for what may be taught
    ("lines", "string"),  # its chats as a JSON array, "[]" for what is refused
)


def file_of(shard: str) -> str:
    """The table of a shard."""
    return f"{FOLDER}/{shard}.parquet"


@cache
def schema() -> pa.Schema:
    """The columns for Arrow."""
    import pyarrow as pa

    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in _COLUMNS])


def writer(sink: BinaryIO) -> RowWriter:
    """What writes a shard's table to `sink`, which is left open."""
    from burnish.storage import arrow

    return arrow.RowWriter(sink, schema(), _ROWS)


def rows(files: Files, shard: str, *columns: str) -> Iterator[dict[str, Any]]:
    """The rows of a shard's table, with some of its columns or all."""
    import pyarrow.parquet as pq

    name = file_of(shard)
    with (
        stopping("read", f"{files.shown}/{name}"),
        files.open(name) as file,
        pq.ParquetFile(file, pre_buffer=False) as opened,
    ):
        for batch in opened.iter_batches(_ROWS, columns=list(columns) or None, use_threads=False):
            yield from batch.to_pylist()
