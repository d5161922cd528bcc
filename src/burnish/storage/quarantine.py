"""Quarantine: what could not become part of the output, one Parquet row each, with its bytes and the reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from burnish.storage.files import Files
from burnish.storage.layout import QUARANTINE, is_temp
from burnish.storage.redact import redact
from burnish.texts import storable
from burnish.values import Fault, Gap

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

RAW_CAP_BYTES = 16 * 2**20
"""Longest `raw` in a row; `raw_size` always tells the full length."""

DETAIL_CAP = 500
GROUP_BYTES = 8 * 2**20
"""A row group is written when the bytes waiting exceed this, so a thousand bad images never sit in memory."""


@cache
def _schema() -> pa.Schema:
    import pyarrow as pa  # 0.2 s and 30 MB: not for the process that only hands out shards

    return pa.schema(
        [
            pa.field("kind", pa.string(), nullable=False),
            pa.field("source", pa.string(), nullable=False),
            pa.field("shard", pa.string(), nullable=False),
            pa.field("ordinal", pa.int64(), nullable=False),
            pa.field("key", pa.string(), nullable=False),
            pa.field("members", pa.list_(pa.field("element", pa.string(), nullable=False)), nullable=False),
            pa.field("start", pa.int64(), nullable=False),
            pa.field("stop", pa.int64(), nullable=False),
            pa.field("sha256", pa.string(), nullable=False),
            pa.field("stage", pa.string(), nullable=False),
            pa.field("reason", pa.string(), nullable=False),
            pa.field("detail", pa.string(), nullable=False),
            pa.field("retryable", pa.bool_(), nullable=False),
            pa.field("raw", pa.binary(), nullable=False),
            pa.field("raw_size", pa.int64(), nullable=False),
        ]
    )


class Quarantine:
    """Writes the faults and gaps of one shard, in the order they are put. No file if there are none.

    `kind` is "fault" or "gap"; `sha256` is of the bytes in `raw` ("" for a gap); `start`/`stop` as in `Fault`.
    """

    def __init__(self, create: Callable[[], BinaryIO]) -> None:
        """`create` opens the file; called at the first row, or never."""
        self._create = create
        self._writer: pq.ParquetWriter | None = None
        self._file: BinaryIO | None = None
        self._rows: list[dict[str, Any]] = []
        self._waiting_bytes = 0
        self.faults = 0
        self.gaps = 0

    def put(self, item: Fault | Gap) -> None:
        """Append one row; lone surrogates become U+FFFD, credentials are cut, `raw` is cut to `RAW_CAP_BYTES`."""
        if isinstance(item, Fault):
            self.faults += 1
            row = _fault_row(item)
        else:
            self.gaps += 1
            row = _gap_row(item)
        self._rows.append(row)
        self._waiting_bytes += len(row["raw"]) + DETAIL_CAP
        if self._waiting_bytes > GROUP_BYTES:
            self._flush()

    def finish(self) -> None:
        """Write what is waiting and the footer. Nothing may be put afterwards."""
        if self._rows:
            self._flush()
        if self._writer is not None and self._file is not None:
            self._writer.close()
            self._file.close()
            self._writer = None

    def drop(self) -> None:
        """Forget what is waiting and let go of the file, which is about to be removed."""
        self._rows.clear()
        self.finish()

    def _flush(self) -> None:
        import pyarrow.parquet as pq

        from burnish.storage import arrow

        if self._writer is None:
            self._file = self._create()
            # No statistics: they would copy the bytes into the footer. No dictionary: every row differs.
            self._writer = pq.ParquetWriter(
                self._file, _schema(), compression="zstd", use_dictionary=False, write_statistics=False
            )
        self._writer.write_table(arrow.table(self._rows, _schema()))
        self._rows.clear()
        self._waiting_bytes = 0


def read_quarantine(files: Files) -> Iterator[dict[str, Any]]:
    """All quarantined rows of an output, shard by shard in order, a few at a time in memory."""
    for name in files.sizes(QUARANTINE):
        if not is_temp(name):
            yield from rows_of(files, name)


def rows_of(files: Files, name: str) -> Iterator[dict[str, Any]]:
    """The rows of one quarantine file; none if it is not there."""
    from burnish.storage import arrow

    try:
        opened = files.open(name)
    except FileNotFoundError:
        return
    with opened as file, arrow.parquet_of_ours(file) as parquet:
        for batch in parquet.iter_batches(batch_size=16, use_threads=False):  # as in records.read
            yield from batch.to_pylist()


def without_bytes(files: Files) -> Iterator[dict[str, Any]]:
    """All quarantined rows but for their bytes, which may be 16 MB each."""
    names = [field.name for field in _schema() if field.name != "raw"]
    for columns in _batches(files, names):
        yield from columns.to_pylist()


def kinds(files: Files) -> Counter[str]:
    """How many faults and how many gaps are in quarantine."""
    return Counter(kind for columns in _batches(files, ["kind"]) for kind in columns.column(0).to_pylist())


def _batches(files: Files, columns: list[str]) -> Iterator[pa.RecordBatch]:
    from burnish.storage import arrow

    for name in files.sizes(QUARANTINE):
        if not is_temp(name):
            with files.open(name) as file, arrow.parquet_of_ours(file) as parquet:
                yield from parquet.iter_batches(batch_size=1_024, columns=columns, use_threads=False)


def _fault_row(item: Fault) -> dict[str, Any]:
    raw = item.raw[:RAW_CAP_BYTES]
    return {
        **_common_columns(item),
        "kind": "fault",
        "key": _text(item.key),
        "members": [_text(member) for member in item.members],
        "sha256": hashlib.sha256(raw).hexdigest(),
        "stage": item.stage,
        "retryable": item.retryable,
        "raw": raw,
        "raw_size": max(item.raw_size, len(item.raw)),
    }


def _gap_row(item: Gap) -> dict[str, Any]:
    return {
        **_common_columns(item),
        "kind": "gap",
        "key": "",
        "members": [],
        "sha256": "",
        "stage": "read",
        "retryable": False,
        "raw": b"",
        "raw_size": 0,
    }


def _common_columns(item: Fault | Gap) -> dict[str, Any]:
    return {
        "source": redact(_text(item.origin.source)),
        "shard": _text(item.origin.shard),
        "ordinal": item.origin.ordinal,
        "start": item.start,
        "stop": item.stop,
        "reason": str(item.reason),
        "detail": redact(_text(item.detail))[:DETAIL_CAP],
    }


def _text(text: str) -> str:
    return storable(text)[0]
