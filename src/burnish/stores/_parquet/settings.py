"""How a Parquet file is written, taken from the file it replaces as far as a footer tells."""

from __future__ import annotations

import io
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from burnish.stores._parquet.layout import Layout

_VERSIONS: Final = ("1.0", "2.4", "2.6")
_PAGE_BYTES: Final = 1 << 20
_CODECS: Final = {"UNCOMPRESSED": "NONE", "LZ4_RAW": "LZ4", "LZO": "SNAPPY"}  # LZO can be named but not written


def settings(table: pq.ParquetFile, schema: pa.Schema, used: Layout, group: int) -> dict[str, Any]:
    """Keyword arguments for `pyarrow.parquet.ParquetWriter`, the same for the same input file. `group` is a row group
    that could be read, -1 if there is none.

    Codec by column, format version and INT96 time stamps follow the input; our columns get the text's codec. Pages
    are kept near 1 MB also for large images, so that readers need not hold a thousand of them.
    """
    footer = table.metadata
    codecs = _codecs(table, group)
    default = codecs.get(used.text, "SNAPPY")
    leaves = _leaves(schema)
    small = [leaf for leaf in leaves if leaf.split(".")[0] != used.image]
    each = sum(footer.row_group(g).total_byte_size for g in range(footer.num_row_groups)) // max(1, footer.num_rows)
    return {
        "version": footer.format_version if footer.format_version in _VERSIONS else "2.6",
        "compression": {leaf: codecs.get(leaf.split(".")[0], default) for leaf in leaves},
        "use_dictionary": small,
        "write_statistics": small,
        "use_deprecated_int96_timestamps": any(c.physical_type == "INT96" for c in table.schema),
        "write_batch_size": max(1, min(1024, _PAGE_BYTES // max(1, each))),
        "write_page_checksum": True,
    }


def _codecs(table: pq.ParquetFile, group: int) -> dict[str, str]:
    """Codec by top-level column. Only a row group that was read is asked: a damaged one can abort the process."""
    if group < 0:
        return {}
    info = table.metadata.row_group(group)
    names = [table.schema.column(i).path.split(".")[0] for i in range(info.num_columns)]
    codecs = [info.column(i).compression for i in range(info.num_columns)]
    return {name: _CODECS.get(codec, codec) for name, codec in zip(names, codecs, strict=True)}


def _leaves(schema: pa.Schema) -> list[str]:
    """Paths of the leaf columns as Parquet names them."""
    sink = io.BytesIO()
    pq.write_table(schema.empty_table(), sink)
    leaves = pq.ParquetFile(sink).schema
    return [leaves.column(i).path for i in range(len(leaves))]
