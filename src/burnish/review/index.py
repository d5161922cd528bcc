"""The records of an output as one flat table that answers in milliseconds: a DuckDB file beside the output.

Made from the records once, in one pass, and made again when they change; nothing is lost with it. One row a pair, in
the order of the output, numbered from 0. The scores of criterion i are `b<i>` (the text as found) and `a<i>` (the
chosen one): names of criteria are a model's, and never part of a query.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash

from burnish.edits import changed_share
from burnish.errors import MissingExtra
from burnish.report.opened import Run
from burnish.report.reading import Batch, batches
from burnish.storage.journal import Journal
from burnish.storage.layout import RECORDS, is_temp, new_run_id, shard_of_records, temp_name
from burnish.storage.stopping import stopping

if TYPE_CHECKING:
    import duckdb

FILE = "index.duckdb"
MAX_CRITERIA = 40
"""Criteria with columns of their own; a plan has some ten."""
MEMORY = "1GB"
_FORM = 2
"""Of the table: another one is made anew."""
_TEXTS = ("key", "image", "image_name", "original", "chosen", "said")
"""Columns in which few values are alike. As they are, they take 0.3 KB more a pair; compressed, 50 rows from all over a
million took 68 ms of a processor and a search 66, as against 14 and 31.
"""
_MORE = ("ordinal", "image_name", "reason", "captions.role")

OnRows = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An open table. `criteria` by number, `shards` by the number of their records file, `rows` in all.

    `database` is for `cursor` alone: each thread needs one of its own.
    """

    database: duckdb.DuckDBPyConnection
    criteria: Sequence[str]
    shards: Sequence[str]
    rows: int

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection for one thread."""
        return self.database.cursor()


def open_index(run: Run, folder: Path, on_rows: OnRows = lambda _done: None) -> Index:
    """The table of `run` in `folder`, made if it is not there. Only one process may have it open.

    Raises `MissingExtra`, and `StopError` if the disk fails.
    """
    if find_spec("duckdb") is None:
        raise MissingExtra("a review", "review")
    state = _state(run)
    path = folder / FILE
    with stopping("write to", str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        for left in (each for each in folder.iterdir() if is_temp(each.name.removesuffix(".wal"))):
            left.unlink()
    found = _opened(path, state)
    if found is None:
        with suppress(FileNotFoundError):
            path.with_name(f"{FILE}.wal").unlink()
        _make(run, path, state, on_rows)
        found = _opened(path, state)
        assert found is not None
    return found


def subject_digest(image: str, text: str) -> str:
    """What a decision is about: the image (its digest) and the text that was chosen."""
    return xxhash.xxh3_64_hexdigest(f"{image}\0{text}".encode())


def _state(run: Run) -> str:
    """Changes with every byte of the records, and with what is made of them."""
    parts = sorted(
        f"{entry.name} {entry.sha256}"
        for record in Journal(run.files).records().values()
        for entry in record.files
        if entry.name.startswith(f"{RECORDS}/")
    )
    about = [str(_FORM), json.dumps(dict(run.weights), sort_keys=True), *parts]
    return hashlib.sha256("\n".join(about).encode()).hexdigest()


def _opened(path: Path, state: str) -> Index | None:
    import duckdb

    if not path.exists():
        return None
    try:
        database = _connected(path)
    except duckdb.Error:  # of another version of DuckDB, or damaged: it is made again
        return None
    try:
        said = dict(database.execute("SELECT name, value FROM about").fetchall())
    except duckdb.Error:
        said = {}
    if said.get("state") != state:
        database.close()
        return None
    database.execute("ATTACH ':memory:' AS live")
    database.execute("CREATE TABLE live.decided (id INTEGER, action VARCHAR, reviewer VARCHAR)")
    database.execute("SET enable_external_access = false")
    return Index(
        database=database,
        criteria=json.loads(said["criteria"]),
        shards=json.loads(said["shards"]),
        rows=int(said["rows"]),
    )


def _connected(path: Path) -> duckdb.DuckDBPyConnection:
    import duckdb

    settings = {"memory_limit": MEMORY, "threads": str(min(4, len(os.sched_getaffinity(0))))}
    return duckdb.connect(str(path), config={**settings, "temp_directory": str(path.parent / "spill")})


def _make(run: Run, path: Path, state: str, on_rows: OnRows) -> None:
    temp = path.with_name(temp_name(FILE, new_run_id()))
    database = _connected(temp)
    try:
        with stopping("write", str(path)):
            made = _Making(run, database)
            for batch in batches(run, _MORE):
                made.take(batch)
                on_rows(made.rows)
            made.finish(state)
    except BaseException:
        database.close()
        with suppress(FileNotFoundError):
            temp.unlink()
        raise
    database.close()
    with stopping("write", str(path)):
        temp.replace(path)


class _Making:
    """The table while it is made."""

    def __init__(self, run: Run, database: duckdb.DuckDBPyConnection) -> None:
        self._run = run
        self._database = database
        self._criteria: list[str] = []
        self.rows = 0
        texts = ", ".join(f"{name} VARCHAR USING COMPRESSION Uncompressed" for name in _TEXTS)
        database.execute(
            f"CREATE TABLE pairs (id INTEGER, file INTEGER, line INTEGER, ordinal BIGINT, {texts}, decision VARCHAR,"
            " reason VARCHAR, role VARCHAR, flags VARCHAR[], changed DOUBLE, lot DOUBLE, before DOUBLE, after DOUBLE)"
        )
        database.execute("CREATE TABLE languages (id INTEGER, code VARCHAR)")
        database.execute("CREATE TABLE about (name VARCHAR, value VARCHAR)")

    def take(self, batch: Batch) -> None:
        """Append the rows of `batch`."""
        import pyarrow as pa

        for name in batch.criteria:
            if name not in self._criteria and len(self._criteria) < MAX_CRITERIA:
                for side in "ba":
                    self._database.execute(f"ALTER TABLE pairs ADD COLUMN {side}{len(self._criteria)} DOUBLE")
                self._criteria.append(name)
        columns = pa.table(self._columns(batch))
        self._database.register("batch", columns)
        self._database.execute(
            "INSERT INTO pairs BY NAME SELECT *, lower(concat_ws(chr(10), key, original,"
            " CASE WHEN chosen = original THEN NULL ELSE chosen END)) AS said FROM batch"
        )
        self._database.unregister("batch")
        self.rows += batch.size

    def finish(self, state: str) -> None:
        """Write what is true of the whole."""
        about = {
            "state": state,
            "rows": str(self.rows),
            "criteria": json.dumps(self._criteria),
            "shards": json.dumps([shard_of_records(name) for name in self._run.records]),
        }
        self._database.executemany("INSERT INTO about VALUES (?, ?)", list(about.items()))
        self._database.execute("CHECKPOINT")

    def _columns(self, batch: Batch) -> dict[str, Any]:
        numbers = np.arange(batch.size)
        before, after = batch.stands
        found: dict[str, Any] = {
            "id": numbers + self.rows,
            "file": np.full(batch.size, batch.file),
            "line": numbers + batch.first,
            "ordinal": batch.column("ordinal"),
            "key": batch.column("key"),
            "image": batch.column("image_xxh128"),
            "image_name": batch.column("image_name"),
            "decision": batch.column("decision"),
            "reason": batch.column("reason"),
            "role": batch.chosen("role"),
            "flags": batch.column("flags"),
            "original": batch.original,
            "chosen": batch.text,
            "changed": np.fromiter(_changed(batch), np.float64, batch.size),
            "lot": batch.number / 2.0**64,
            "before": _filled(before),
            "after": _filled(after),
        }
        for name in batch.criteria:
            if name in self._criteria:
                at = self._criteria.index(name)
                found[f"b{at}"], found[f"a{at}"] = map(_filled, batch.scores(name))
        return found


def _changed(batch: Batch) -> Iterator[float]:
    """Shares of the words that changed."""
    texts = zip(batch.changed.tolist(), batch.original.to_pylist(), batch.text.to_pylist(), strict=True)
    for is_other, before, after in texts:
        yield changed_share(before, after) if is_other else 0.0


def _filled(values: Any) -> Any:
    """Numbers as Arrow has them: nothing where there is no score."""
    import pyarrow as pa

    return pa.array(values, pa.float64(), from_pandas=True)
