"""A user's table of names, read whole and strictly: CSV with a header, JSONL, or Parquet; small in memory.

Columns: `name`; if wanted `aliases` (in CSV joined by "|"), `kind`, `id` (else the name is it), `context` (words or a
sentence about it), `prior` (how usual it is among the names it is spelt like, 1 if not given). Others are left alone.
"""

from __future__ import annotations

import csv
import hashlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from rapidfuzz import fuzz, process

from burnish.entities.folding import key
from burnish.errors import UsageError

COLUMNS = ("name", "aliases", "kind", "id", "context", "prior")
MAX_KEY = 100
"""Letters and figures a name or alias may have: longer ones are sentences."""

_NEAR = 80.0
_PARQUET = b"PAR1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing the table knows; `aliases` without the name."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    kind: str = ""
    context: str = ""
    prior: float = 1.0

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way to spell it, the name first."""
        return tuple(dict.fromkeys((self.name, *self.aliases)))


@dataclass(slots=True)
class Table:
    """Rows by number, packed as JSON: a table may have a million, and every worker holds it."""

    digest: str
    _packed: bytearray = field(default_factory=bytearray)
    _stops: array[int] = field(default_factory=lambda: array("q", [0]))

    def __len__(self) -> int:
        return len(self._stops) - 1

    def __getitem__(self, number: int) -> Row:
        if not 0 <= number < len(self):
            raise IndexError(number)
        name, own, aliases, kind, context, prior = orjson.loads(
            memoryview(self._packed)[self._stops[number] : self._stops[number + 1]]
        )
        return Row(id=own, name=name, aliases=tuple(aliases), kind=kind, context=context, prior=prior)

    def add(self, row: Row) -> None:
        """Append one row."""
        self._packed += orjson.dumps((row.name, row.id, row.aliases, row.kind, row.context, row.prior))
        self._stops.append(len(self._packed))


def digest(path: str) -> str:
    """Names the content of a table: the first half of the SHA-256 of its bytes. Raises `UsageError`."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except OSError as error:
        raise UsageError(f"cannot read the table of names {path!r}: {error.strerror}.") from error


def load(path: str) -> Table:
    """The table in a file. Raises `UsageError` with file and line (of Parquet: row) for what is wrong in it."""
    table, lines, ids = Table(digest(path)), array("q"), array("q")
    for line, said in _entries(path):
        row = _row(path, line, said)
        table.add(row)
        lines.append(line)
        ids.append(hash(row.id))
    if not table:
        raise UsageError(f"{path} holds no names.")
    _refuse_twice(path, table, lines, np.frombuffer(ids, np.int64))
    return table


def _entries(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with Path(path).open("rb") as file:
        parquet = file.read(4) == _PARQUET
    if parquet:
        return _parquet(path)
    return _json_lines(path) if path.endswith((".jsonl", ".ndjson")) else _csv(path)


def _parquet(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            names = _columns(path, 0, file.schema_arrow.names)
            row = 0
            for batch in file.iter_batches(10_000, columns=names, use_threads=False):
                for said in batch.to_pylist():
                    row += 1
                    yield row, said
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{path} cannot be read as Parquet: {str(error)[:200]}") from error


def _json_lines(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with Path(path).open("rb") as file:
        for line, raw in enumerate(file, 1):
            if not raw.strip():
                continue
            try:
                said = orjson.loads(raw)
            except orjson.JSONDecodeError as error:
                raise UsageError(f"{path}:{line}: this is no JSON: {error}.") from error
            if not isinstance(said, dict):
                raise UsageError(f'{path}:{line}: a row is an object, as {{"name": "Agra", "kind": "city"}}.')
            _columns(path, line, list(said))
            yield line, said


def _csv(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            known = _columns(path, 1, [name.strip() for name in header])
            places = {name: [cell.strip() for cell in header].index(name) for name in known}
            for cells in reader:
                if not any(cells):
                    continue
                if len(cells) != len(header):
                    told = f"{len(cells)} cells under a header of {len(header)}"
                    raise UsageError(f'{path}:{reader.line_num}: {told}.\nPut cells with commas in "quotes".')
                yield reader.line_num, {name: cells[at] for name, at in places.items()}
        except csv.Error as error:
            raise UsageError(f"{path}:{reader.line_num}: this is no CSV: {error}.") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"{path}: after line {reader.line_num} it is not UTF-8.\nSave it as UTF-8.") from error


def _columns(path: str, line: int, found: list[str]) -> list[str]:
    """Those of `found` that are ours. Raises `UsageError` where there is no name, or a column is called nearly like
    one of ours.
    """
    where = f"{path}:{line}" if line else path
    for name in found:
        hit = (
            None
            if name in COLUMNS
            else process.extractOne(name.casefold(), COLUMNS, score_cutoff=_NEAR, scorer=fuzz.ratio)
        )
        if hit is not None:
            raise UsageError(
                f"{where}: unknown column {name!r}. Did you mean {hit[0]!r}?\nColumns: {', '.join(COLUMNS)}"
            )
    if "name" not in found:
        raise UsageError(f"{where}: there is no name.\nColumns: {', '.join(COLUMNS)}; only name is needed.")
    return [name for name in COLUMNS if name in found]


def _row(path: str, line: int, said: Mapping[str, Any]) -> Row:
    where = f"{path}:{line}"
    name = _text(where, "name", said.get("name")).strip()
    aliases = _aliases(where, said.get("aliases"))
    for form in (name, *aliases):
        _check(where, form)
    return Row(
        id=_text(where, "id", said.get("id")).strip() or name,
        name=name,
        aliases=tuple(alias for alias in aliases if alias != name),
        kind=_text(where, "kind", said.get("kind")).strip(),
        context=_text(where, "context", said.get("context")),
        prior=_prior(where, said.get("prior")),
    )


def _check(where: str, form: str) -> None:
    size = len(key(form))
    if not size:
        raise UsageError(f"{where}: {form!r} is no name: it has no letter and no figure.")
    if size > MAX_KEY:
        raise UsageError(f"{where}: {form[:40]!r}... is no name: it has {size} letters, at most {MAX_KEY} are read.")


def _text(where: str, column: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | float | list | dict):
        raise UsageError(f"{where}: {column} is a text, not {value!r}.")
    return str(value)  # ids are often whole numbers


def _aliases(where: str, value: object) -> list[str]:
    if value is None:
        return []
    parts = value.split("|") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise UsageError(f'{where}: aliases are a list of texts, or one text with "|" between them, not {value!r}.')
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _prior(where: str, value: object) -> float:
    if value is None or value == "":
        return 1.0
    try:
        prior = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else 0.0
    except ValueError:
        prior = 0.0
    if not 0 < prior < float("inf"):
        raise UsageError(f"{where}: prior is a number above 0, not {value!r}.")
    return prior


def _refuse_twice(path: str, table: Table, lines: array[int], ids: np.ndarray[Any, np.dtype[np.int64]]) -> None:
    order = np.argsort(ids, kind="stable")
    for at in np.nonzero(ids[order][1:] == ids[order][:-1])[0]:
        first, second = int(order[at]), int(order[at + 1])
        if table[first].id == table[second].id:
            raise UsageError(
                f"{path}:{lines[second]}: {table[second].id!r} was there before, in line {lines[first]}.\n"
                "Give rows of one name each an id."
            )
