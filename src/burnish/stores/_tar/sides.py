"""img2dataset's files beside a shard: ``NNNNN.parquet`` (one row for every URL it tried) and ``NNNNN_stats.json``."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from burnish.columns import MISSING_SCORE
from burnish.protocols import Outbox
from burnish.storage.places import locate
from burnish.storage.sources import local_copy
from burnish.storage.stopping import stopping
from burnish.values import Json, Shard

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

_LOG = logging.getLogger("burnish")
_STATS: Final = "_stats.json"
_TABLE: Final = ".parquet"
_ROWS: Final = 1000
_STALE_NOTES: Final = (b"huggingface", b"pandas")  # they list the columns, and loaders believe them
_EMPTY: Final[dict[type, Json]] = {str: "", float: MISSING_SCORE, int: 0, bool: False, list: [], dict: {}}


def side(shard: Shard, ending: str) -> Shard | None:
    """The file ``<stem><ending>`` beside the shard, None if there is none."""
    folder, slash, name = shard.path.rpartition("/")
    if "?" in name:  # a signed web address names this one file only
        return None
    place = locate(folder + slash + replace(shard, name=name).stem + ending)
    with stopping("look for", place.shown):
        if place.fs is None:
            size = place.local.stat().st_size if place.local.is_file() else -1
        else:
            size = int(place.fs.size(place.path) or 0) if place.fs.isfile(place.path) else -1
    return None if size < 0 else Shard(name=shard.stem + ending, path=place.url, size=size)


class SideTexts:
    """Captions of a shard's side file, looked up by key. The file is read at the first question, text columns only."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard
        self._columns: dict[str, dict[str, str]] = {}

    def __call__(self, column: str, key: str) -> str | None:
        """The text in `column` of the row of `key`, None if there is no such file, column, row or text."""
        if column not in self._columns:
            self._columns[column] = self._load(column)
        return self._columns[column].get(key)

    def _load(self, column: str) -> dict[str, str]:
        with _table(self._shard) as path:
            if path is None or not _is_sound(path):
                return {}
            rows: dict[str, str] = {}
            for batch in _batches(path, ["key", column]):
                if batch.num_columns < 2:
                    return {}
                pairs = zip(batch.column("key").to_pylist(), batch.column(column).to_pylist(), strict=True)
                rows.update((str(key), text) for key, text in pairs if isinstance(text, str))
            return rows


def write_sides(shard: Shard, outbox: Outbox, ours: Mapping[str, Mapping[str, Json]]) -> None:
    """The shard's side files again: the statistics to the byte, the table with all its rows, their columns first and
    untouched, then ours (by key; empty for rows without a pair).
    """
    stats = side(shard, _STATS)
    if stats is not None:
        with local_copy(stats) as path:
            _copy(path, stats.name, outbox)
    with _table(shard) as path:
        if path is not None and _is_sound(path):
            _write_table(path, shard.stem + _TABLE, outbox, ours)
        elif path is not None:
            _copy(path, shard.stem + _TABLE, outbox)


def _copy(path: Path, name: str, outbox: Outbox) -> None:
    with path.open("rb") as source, outbox.create(name) as sink:
        shutil.copyfileobj(source, sink)


@contextmanager
def _table(shard: Shard) -> Iterator[Path | None]:
    found = side(shard, _TABLE)
    if found is None:
        yield None
        return
    with local_copy(found) as path:
        yield path


def _is_sound(path: Path) -> bool:
    """Whether the table can be read: the pairs are in the tar, and are none the worse for a page of HTML beside it."""
    from burnish.storage import arrow

    try:
        for _ in _batches(path):
            pass
    except (ValueError, OSError) as error:  # Arrow's are ValueErrors
        if not arrow.is_damage(error):
            raise
        _LOG.warning("%s beside the shard cannot be read and is kept as it is: %s", path.name, str(error)[:200])
        return False
    return True


def _batches(path: Path, columns: list[str] | None = None) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False) as table:
        yield from table.iter_batches(batch_size=_ROWS, columns=columns, use_threads=False)  # each keeps a heap


def _write_table(path: Path, name: str, outbox: Outbox, ours: Mapping[str, Mapping[str, Json]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    samples = {column: value for row in ours.values() for column, value in row.items()}
    empty = {column: _EMPTY[type(value)] for column, value in samples.items()}
    fields = [pa.field(column, _kind(value)) for column, value in samples.items()]
    with pq.ParquetFile(path) as table:
        theirs = [field for field in table.schema_arrow if field.name not in empty]
        notes = {k: v for k, v in (table.schema_arrow.metadata or {}).items() if k not in _STALE_NOTES}
    schema = pa.schema([*theirs, *fields], metadata=notes)
    with outbox.create(name) as sink, pq.ParquetWriter(sink, schema) as out:
        for batch in _batches(path):
            keys = batch.column("key").to_pylist() if "key" in batch.schema.names else [None] * batch.num_rows
            rows = [{**empty, **ours.get(str(key), {})} for key in keys]
            added = [_column([row[f.name] for row in rows], f.type) for f in fields]
            out.write_batch(pa.record_batch([*(batch.column(f.name) for f in theirs), *added], schema=schema))


def _kind(value: Json) -> pa.DataType:
    """The Arrow type of a value of ours."""
    import pyarrow as pa

    if isinstance(value, list):
        kinds = {_kind(one) for one in value}
        if len(kinds) == 1:
            return pa.list_(kinds.pop())
    if isinstance(value, dict):
        return pa.struct([(key, _kind(one)) for key, one in value.items()])
    simple = {str: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_()}
    return simple[type(value)] if type(value) in simple else pa.array([value]).type


def _column(values: list[Json], kind: pa.DataType) -> pa.Array:
    """`values` as an array; captions that came from an earlier run may lack fields, which Arrow fills."""
    import pyarrow as pa

    from burnish.storage import arrow

    try:
        return arrow.array(values, kind)
    except (KeyError, TypeError, AttributeError):
        return pa.array(values, kind)
