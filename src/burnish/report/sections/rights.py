"""Licences and opt-outs of the pairs, where the data says anything about them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import compress
from typing import Any

from burnish.errors import StopError
from burnish.report.cards import Card
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.report.sections import Section
from burnish.storage.layout import HIDDEN
from burnish.storage.stopping import stopping
from burnish.values import Json, Reason

NAMES = re.compile(
    r"licen[cs]e(_?(name|id|type|url))?|rights|usage_?rights|copyright|opt(ed)?_?out|no_?ai|do_?not_?train",
    re.IGNORECASE,
)
"""Of columns that are counted."""
VALUES, DIFFERENT = 15, 1_000
MAX_FILES = 20_000
_PAIR = "burnish_decision"
"""Empty in rows of a table beside a tar that are no pairs of it: failed downloads, and what a limit left out."""
_REFUSED = (Reason.OPTED_OUT, Reason.ROBOTS_REFUSED)


class Rights(Section):
    """See the module."""

    title = "Licences and opt-outs"
    order = 90

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        self._columns: dict[str, Counter[str]] = {}

    def finish(self, cards: Mapping[Place, Card]) -> None:  # noqa: ARG002 -- shows no pairs
        """Read those columns of the output's tables, and nothing else of them."""
        tables = [n for n in self.run.files.sizes() if n.endswith(".parquet") and not n.startswith(f"{HIDDEN}/")]
        for name in tables[:MAX_FILES]:
            with stopping("read", f"{self.run.files.shown}/{name}"):
                self._read(name)

    def _read(self, name: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with self.run.files.open(name) as file, pq.ParquetFile(file, pre_buffer=False) as parquet:
                wanted = [field.name for field in parquet.schema_arrow if NAMES.fullmatch(field.name)]
                if not wanted:
                    return
                for batch in parquet.iter_batches(8_192, columns=[*wanted, _PAIR], use_threads=False):
                    found = _of_pairs(batch.to_pydict())
                    for column in wanted:
                        self._count(column, found[column])
        except pa.ArrowInvalid as error:
            raise StopError(f"{name} is no Parquet file any more: {error}.\nSee: burnish verify") from error

    def _count(self, column: str, values: list[Any]) -> None:
        counts = self._columns.setdefault(column, Counter())
        for value in values:
            shown = "not said" if value in (None, "") else str(value)[:200]
            counts[shown if shown in counts or len(counts) < DIFFERENT else "others"] += 1

    def figures(self) -> Mapping[str, Json]:
        """Values of each column by how often, and what was not fetched for the sake of its owner."""
        return {
            "columns": {name: dict(counts.most_common(VALUES)) for name, counts in self._columns.items()},
            "not_fetched": dict(self._refused()),
        }

    def lines(self) -> Iterator[str]:
        """One line a column."""
        from burnish.texts import terminal

        for name, counts in self._columns.items():
            told = ", ".join(f"{value} {number:,}" for value, number in counts.most_common(4))
            yield "  " + terminal(f"{name}: {told}", 76)
        for reason, number in self._refused().items():
            yield f"  {reason}: {number:,} not fetched"

    def view(self) -> Mapping[str, Any]:
        """The same; nothing if there is no such column and nothing was refused."""
        if not self._columns and not self._refused():
            return {}
        columns = [
            (name, counts.most_common(VALUES), max(0, len(counts) - VALUES)) for name, counts in self._columns.items()
        ]
        return {"columns": columns, "refused": self._refused()}

    def _refused(self) -> dict[str, int]:
        return {str(reason): self.run.reasons[reason] for reason in _REFUSED if self.run.reasons.get(reason)}


def _of_pairs(columns: Mapping[str, list[Any]]) -> Mapping[str, list[Any]]:
    """The cells of rows that are pairs; of a table that does not tell, all."""
    if _PAIR not in columns:
        return columns
    return {name: list(compress(cells, columns[_PAIR])) for name, cells in columns.items()}


SECTION = Rights
