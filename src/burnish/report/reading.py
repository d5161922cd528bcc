"""One pass over an output's records as columns: some thousand rows at a time, whatever their number.

`records.rows` makes a Python object of every score, 0.2 ms a pair; here a pair costs some microseconds, because only
arrays are made.
"""

from __future__ import annotations

import zlib
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import xxhash

from burnish.report.opened import Run
from burnish.storage.layout import RECORDS
from burnish.storage.stopping import stopping
from burnish.values import Decision

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

ROWS = 8_192
DECISIONS = tuple(str(each) for each in Decision)

COLUMNS = (
    "key",
    "image_xxh128",
    "decision",
    "flags",
    "chosen",
    "captions.text",
    "captions.scores.criterion",
    "captions.scores.value",
)
"""Of the records; what is inside of lists as one path."""


class Batch:
    """Consecutive rows of one records file. `file` is its place in `Run.records`, `first` the number of the first row.

    All arrays have one entry a row. Scores are float64, NaN where there is none.
    """

    def __init__(self, run: Run, file: int, first: int, columns: pa.RecordBatch) -> None:
        self.file = file
        self.first = first
        self.size = columns.num_rows
        self._run = run
        self._columns = columns

    def column(self, name: str) -> pa.Array:
        """A column as it is stored."""
        return self._columns.column(name)

    def chosen(self, name: str) -> pa.Array:
        """What the chosen captions have as `name`."""
        return self._captions[1].field(name).take(indices(self._chosen))

    @property
    def keys(self) -> list[str]:
        """The pairs' keys."""
        return self._strings("key")

    @property
    def images(self) -> list[str]:
        """Digests of the images."""
        return self._strings("image_xxh128")

    @cached_property
    def number(self) -> NDArray[np.uint64]:
        """A number for each row that looks drawn and depends on shard, row and seed alone: who is in a sample."""
        shard = self._run.records[self.file].removeprefix(f"{RECORDS}/")
        start = (zlib.crc32(shard.encode()) << 32) + self.first
        drawn = _mixed(np.arange(start, start + self.size, dtype=np.uint64))
        return _mixed(drawn ^ np.uint64(self._run.seed)) if self._run.seed else drawn

    @cached_property
    def decision(self) -> NDArray[np.int64]:
        """Indices into `DECISIONS`."""
        import pyarrow as pa
        import pyarrow.compute as pc

        known = pa.array(np.array(DECISIONS, dtype=object), pa.string())
        return _numbers(pc.index_in(self._columns.column("decision"), value_set=known))

    @cached_property
    def flags(self) -> tuple[NDArray[np.int64], list[str]]:
        """(row, flag), one entry a flag."""
        offsets, values = _flat(self._columns.column("flags"))
        return np.repeat(np.arange(self.size), np.diff(offsets)), values.to_pylist()

    @cached_property
    def original(self) -> pa.StringArray:
        """The texts as found."""
        return self._texts.take(indices(self._captions[0][:-1]))

    @cached_property
    def text(self) -> pa.StringArray:
        """The chosen texts."""
        return self._texts.take(indices(self._chosen))

    @cached_property
    def changed(self) -> NDArray[np.bool_]:
        """Whether the chosen text is another one."""
        import pyarrow.compute as pc

        return np.asarray(pc.not_equal(self.original, self.text).to_numpy(zero_copy_only=False), np.bool_)

    def digests(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        """One number for the texts before and after of each of some rows."""
        at = indices(rows)
        both = zip(self.original.take(at).to_pylist(), self.text.take(at).to_pylist(), strict=True)
        return np.fromiter(
            (xxhash.xxh3_64_intdigest(f"{old}\0{new}".encode()) for old, new in both), np.uint64, len(rows)
        )

    @cached_property
    def criteria(self) -> list[str]:
        """The criteria that any score here has, in their order."""
        return list(self._by_criterion)

    def scores(self, criterion: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of the original and of the chosen caption."""
        values = self._by_criterion.get(criterion)
        if values is None:
            nothing = np.full(self.size, np.nan)
            return nothing, nothing
        return values[self._captions[0][:-1]], values[self._chosen]

    @cached_property
    def stands(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How original and chosen caption stand: the weighted mean of the scores that decide (`burnish.standing`)."""
        found = []
        for side in (0, 1):
            total, weight = np.zeros(self.size), np.zeros(self.size)
            for name, each in self._run.weights.items():
                values = self.scores(name)[side]
                has = ~np.isnan(values)
                total[has] += values[has] * each
                weight[has] += each
            found.append(np.divide(total, weight, out=np.full(self.size, np.nan), where=weight > 0))
        return found[0], found[1]

    @cached_property
    def _captions(self) -> tuple[NDArray[np.int64], pa.StructArray]:
        return _flat(self._columns.column("captions"))

    @cached_property
    def _chosen(self) -> NDArray[np.int64]:
        return self._captions[0][:-1] + _numbers(self._columns.column("chosen"))

    @cached_property
    def _texts(self) -> pa.StringArray:
        return self._captions[1].field("text")

    @cached_property
    def _by_criterion(self) -> dict[str, NDArray[np.float64]]:
        """One value a caption (all captions of all rows), by criterion."""
        captions = self._captions[1]
        offsets, scores = _flat(captions.field("scores"))
        of = np.repeat(np.arange(len(captions)), np.diff(offsets))
        names = scores.field("criterion")
        names = names if hasattr(names, "indices") else names.dictionary_encode()
        codes = _numbers(names.indices)
        values = np.asarray(scores.field("value").to_numpy(zero_copy_only=False), np.float64)
        found: dict[str, NDArray[np.float64]] = {}
        for code, name in enumerate(names.dictionary.to_pylist()):
            mine = codes == code
            found[name] = np.full(len(captions), np.nan)
            found[name][of[mine]] = values[mine]
        return found

    def _strings(self, name: str) -> list[str]:
        found: list[str] = self._columns.column(name).to_pylist()
        return found


def batches(run: Run, more: Sequence[str] = ()) -> Iterator[Batch]:
    """All rows of a run's records, in order; with the columns `more` beside `COLUMNS`."""
    for file, name in enumerate(run.records):
        with stopping("read", f"{run.files.shown}/{name}"), run.files.open(name) as source:
            first = 0
            for columns in _read(source, {*COLUMNS, *more}):
                yield Batch(run, file, first, columns)
                first += columns.num_rows


def rows(run: Run, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
    """The whole rows at some places (file, row), as `burnish.records` has them."""
    from burnish.storage import arrow

    wanted: dict[int, list[int]] = {}
    for file, row in sorted(set(places)):
        wanted.setdefault(file, []).append(row)
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for file, numbers in wanted.items():
        name = run.records[file]
        with (
            stopping("read", f"{run.files.shown}/{name}"),
            run.files.open(name) as source,
            arrow.parquet_of_ours(source) as parquet,
        ):
            for row, values in _picked(parquet, numbers):
                found[file, row] = values
    return found


def _picked(parquet: Any, numbers: list[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    start = 0
    for group in range(parquet.num_row_groups):
        stop = start + parquet.metadata.row_group(group).num_rows
        here = [number for number in numbers if start <= number < stop]
        if here:
            table = parquet.read_row_group(group, use_threads=False)
            for number in here:
                yield number, table.slice(number - start, 1).to_pylist()[0]
        start = stop


def _read(source: BinaryIO, names: Container[str]) -> Iterator[Any]:
    from burnish.storage import arrow

    with arrow.parquet_of_ours(source) as file:
        leaves = [file.schema.column(at).path for at in range(len(file.schema))]
        wanted = [leaf for leaf in leaves if _plain(leaf) in names]
        yield from file.iter_batches(ROWS, columns=wanted, use_threads=False)  # in this thread: see `records.rows`


def _plain(leaf: str) -> str:
    """``captions.list.element.text`` as ``captions.text``."""
    return ".".join(part for part in leaf.split(".") if part not in {"list", "element", "item"})


def _flat(lists: Any) -> tuple[NDArray[np.int64], Any]:
    """Offsets (one more than lists, from 0) and the values of an array of lists without nulls."""
    offsets = np.asarray(lists.offsets.to_numpy(zero_copy_only=False), np.int64)
    return offsets - offsets[0], lists.flatten()


def _numbers(array: Any) -> NDArray[np.int64]:
    return np.asarray(array.to_numpy(zero_copy_only=False), np.int64)


def indices(numbers: NDArray[np.int64]) -> Any:
    """Row numbers for Arrow's `take`."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(np.ascontiguousarray(numbers))])


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): neighbours in, far apart out."""
    with np.errstate(over="ignore"):
        numbers = (numbers + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
        numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return numbers ^ (numbers >> np.uint64(31))
