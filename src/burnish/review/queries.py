"""Questions to the index: which pairs, in which order, how many. Values are bound, never part of a query's text.

Pages follow one another by the last row's place in the order, not by a number of rows to skip: the hundredth page costs
what the first does, and a pair that a decision takes out of the filter moves no other onto or off a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from burnish.errors import UsageError
from burnish.review.index import Index

if TYPE_CHECKING:
    import duckdb

PAGE = 50
MAX_PAGE = 200
FACETS = 40
"""Values of a column that are offered, the most frequent ones first."""
MAX_SEARCH_CHARS = 200

_COLUMNS = (
    "id, file, line, ordinal, key, image, image_name, decision, reason, role, flags, original, chosen, changed, before,"
    " after"
)
_ORDERS = {
    "output": "id",
    "worst": "coalesce(after, 9)",
    "best": "-coalesce(after, -1)",
    "borderline": "coalesce(abs(before - $below), 9)",
    "gain": "-coalesce(after - before, -9)",
    "changed": "-changed",
    "random": "lot",
}
"""Numbers by which rows are put in order, the smallest first; of equal ones the first of the output."""
_PLAIN = ("decision", "reason", "role")
_ANY, _NONE = "any", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which pairs. "" and None leave a thing open. `text` is looked for in key and texts, whatever the case.

    `verdict`: "accept", "reject", "edit", "any" or "none" of them. `criterion` -1 is how a caption stands; `side` is
    "before" (the text as found) or "after" (the chosen one); `low` to `high` are its scores, both included.
    """

    decision: str = ""
    reason: str = ""
    role: str = ""
    flag: str = ""
    language: str = ""
    shard: str = ""
    verdict: str = ""
    by: str = ""
    text: str = ""
    criterion: int = -1
    side: str = "after"
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The last row of a page: its number in the order and its id."""

    value: float
    id: int


def orders(index: Index) -> list[str]:
    """All orders' names: those above, and each criterion's number with its side."""
    return [*_ORDERS, *(f"{side}:{at}" for at in range(len(index.criteria)) for side in ("before", "after"))]


class Queries:
    """Asks one index. Each call uses a connection of its own, so several threads may ask."""

    def __init__(self, index: Index, below: float) -> None:
        """`below`: the run's threshold, which decides what is borderline."""
        self._index = index
        self._below = below

    def page(self, wanted: Filter, order: str = "output", *, after: After | None = None, most: int = PAGE) -> list[Any]:
        """The next rows as mappings by column; `at` is a row's number in the order. Raises `UsageError`."""
        where, values = self._where(wanted)
        number = self._number(order)
        if "$below" in number:
            values["below"] = self._below
        if after is not None:
            where.append("(num > $at OR (num = $at AND id > $id))")
            values |= {"at": after.value, "id": after.id}
        asked = f"SELECT id, ({number})::DOUBLE AS num FROM pairs{_joined(where)} ORDER BY num, id LIMIT {_most(most)}"  # noqa: S608
        cursor = self._index.cursor()
        places = cursor.execute(asked, values).fetchall()
        return self._rows(cursor, places)

    def count(self, wanted: Filter) -> int:
        """How many pairs there are."""
        where, values = self._where(wanted)
        found = self._index.cursor().execute(f"SELECT count(*) FROM pairs{_joined(where)}", values).fetchone()  # noqa: S608
        assert found is not None
        return int(found[0])

    def rows(self, ids: Sequence[int]) -> list[Any]:
        """The rows of these ids that there are, in this order."""
        return self._rows(self._index.cursor(), [(each, float(each)) for each in ids])

    def facets(self) -> dict[str, list[tuple[str, int]]]:
        """What can be chosen from, over all pairs: by column, the values with their counts."""
        cursor = self._index.cursor()
        asked = {name: f"SELECT {name} FROM pairs" for name in _PLAIN}  # noqa: S608 -- our own names
        asked["flag"] = "SELECT unnest(flags) FROM pairs"
        found = {name: _counted(cursor, query) for name, query in asked.items()}
        files = cursor.execute("SELECT file, count(*) FROM pairs GROUP BY 1 ORDER BY 1").fetchall()
        found["shard"] = [(self._index.shards[file], count) for file, count in files]
        return {name: [each for each in values if each[0]] for name, values in found.items()}

    def languages(self) -> list[tuple[str, int]]:
        """Languages of the texts that were looked at so far."""
        return _counted(self._index.cursor(), "SELECT code FROM languages")

    def _where(self, wanted: Filter) -> tuple[list[str], dict[str, Any]]:
        where: list[str] = []
        values: dict[str, Any] = {}
        for each in fields(Filter):
            value = getattr(wanted, each.name)
            if value in {"", None} or each.name in {"criterion", "side"}:
                continue
            values[each.name] = value
            where.append(_TESTS[each.name])
        return self._scored(wanted, *self._named(wanted, where, values))

    def _named(self, wanted: Filter, where: list[str], values: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """With shard, search and verdict as they are bound."""
        if wanted.shard:
            if wanted.shard not in self._index.shards:
                raise UsageError("there is no shard of that name here.")
            values["shard"] = self._index.shards.index(wanted.shard)
        if wanted.text:
            values["text"] = wanted.text[:MAX_SEARCH_CHARS].lower()
        if wanted.verdict in {_ANY, _NONE}:
            del values["verdict"]
            there = "EXISTS (SELECT 1 FROM live.decided d WHERE d.id = pairs.id)"
            where = [test for test in where if test != _TESTS["verdict"]]
            where.append(there if wanted.verdict == _ANY else f"NOT {there}")
        return where, values

    def _scored(self, wanted: Filter, where: list[str], values: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """With the score's column in place of its number."""
        column = self._column(wanted.criterion, wanted.side)
        return [test.replace("SCORE", column) for test in where], values

    def _column(self, criterion: int, side: str) -> str:
        if side not in {"before", "after"} or not -1 <= criterion < len(self._index.criteria):
            raise UsageError("there is no such criterion here.")
        return side if criterion < 0 else f"{side[0]}{criterion}"

    def _number(self, order: str) -> str:
        if order in _ORDERS:
            return _ORDERS[order]
        side, _, criterion = order.partition(":")
        if not (criterion.isascii() and criterion.isdecimal() and len(criterion) < 4):
            raise UsageError("there is no such order here.")
        return f"coalesce({self._column(int(criterion), side)}, 9)"

    def _rows(self, cursor: duckdb.DuckDBPyConnection, places: Sequence[tuple[int, float]]) -> list[Any]:
        """Whole rows in the order of `places`, from the few ids alone."""
        if not places:
            return []
        ids = [place[0] for place in places]
        scores = "".join(f", b{at}, a{at}" for at in range(len(self._index.criteria)))
        asked = (
            f"SELECT {_COLUMNS}{scores}, (SELECT code FROM languages l WHERE l.id = pairs.id) AS language"  # noqa: S608
            " FROM pairs WHERE id IN (SELECT unnest($ids)) AND id BETWEEN $first AND $last"
        )
        found = cursor.execute(asked, {"ids": ids, "first": min(ids), "last": max(ids)})
        names = [column[0] for column in found.description]
        rows = {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}
        return [{**rows[each], "at": at} for each, at in places if each in rows]


_TESTS: Mapping[str, str] = {
    "decision": "decision = $decision",
    "reason": "reason = $reason",
    "role": "role = $role",
    "flag": "list_contains(flags, $flag)",
    "language": "id IN (SELECT id FROM languages WHERE code = $language)",
    "shard": "file = $shard",
    "verdict": "id IN (SELECT id FROM live.decided WHERE action = $verdict)",
    "by": "id IN (SELECT id FROM live.decided WHERE reviewer = $by)",
    "text": "contains(said, $text)",
    "low": "SCORE >= $low",
    "high": "SCORE <= $high",
}


def _joined(where: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(where)}" if where else ""


def _most(most: int) -> int:
    return max(1, min(MAX_PAGE, most))


def _counted(cursor: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, int]]:
    asked = f"SELECT v, count(*) AS n FROM ({query}) AS t(v) GROUP BY v ORDER BY n DESC, v LIMIT {FACETS}"  # noqa: S608
    return [(str(value), int(count)) for value, count in cursor.execute(asked).fetchall()]
