"""The figures of judges for people: a table by corruption, and a line for everything else, on a page or a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from burnish.evals.figures import Figure
from burnish.evals.judges import Row

BY_KIND = ("auc", "above", "blind")
"""Metrics that are shown side by side, a line a corruption."""
_HEAD = ("what is wrong", "n", "AUC (95 %)", "over seeds", "right above wrong", "AUC without the picture")
_ALL = "anything"
_NOTE = (
    "over seeds: standard deviation of the seeds' AUC; 95 % intervals over pictures (bootstrap), of shares by Wilson"
)


def terminal(rows: Sequence[Row]) -> str:
    """Plain columns."""
    return "\n".join(
        [line for part in _parts(rows) for line in _plain(*part)]
        + [f"n: items with a value, good and spoilt; {_NOTE} (docs/eval.md)"]
    )


def page(rows: Sequence[Row]) -> str:
    """Markdown."""
    parts = [f"## {title}\n\n{_markdown(table)}\n\n{_bullets(lines)}" for title, table, lines in _parts(rows)]
    head = ["# Judges", f"Items with a value, good and spoilt, are n; {_NOTE}. How: `burnish eval judges`."]
    return "\n\n".join([*head, *parts]) + "\n"


_Part = tuple[str, list[tuple[str, ...]], list[str]]


def _parts(rows: Sequence[Row]) -> Iterator[_Part]:
    for title, group in groupby(rows, key=_title):
        members = list(group)
        tables = {name: {r.figure.of: r.figure for r in members if r.metric == name} for name in BY_KIND}
        others = [_line(row) for row in members if row.metric not in BY_KIND]
        seeds = " ".join(map(str, next(iter(tables["auc"].values())).by_seed)) if tables["auc"] else ""
        pictures = max((row.figure.pictures for row in members), default=0)
        yield (
            f"{title}; {pictures:,} pictures, seeds {seeds}",
            [_HEAD, *(_cells(kind, [tables[name].get(kind) for name in BY_KIND]) for kind in tables["auc"])],
            others,
        )


def _title(row: Row) -> str:
    return f"{row.judge} on {row.scenario} by {row.criterion} ({row.instruction}, {row.inferencer})"


def _cells(kind: str, figures: Sequence[Figure | None]) -> tuple[str, ...]:
    seen, above, blind = figures
    assert seen is not None
    spread = "-" if seen.spread is None else f"{seen.spread:.3f}"
    return (kind or _ALL, f"{seen.n:,}", told(seen), spread, told(above), told(blind))


def told(found: Figure | None, form: str = ".3f") -> str:
    """A value with its interval; "-" where there is none."""
    if found is None or found.value is None:
        return "-"
    if found.low is None or found.high is None:
        return f"{found.value:{form}}"
    return f"{found.value:{form}} ({found.low:{form}} to {found.high:{form}})"


def _line(row: Row) -> str:
    found = row.figure
    share = row.metric in {"unanswered", "flips", "moved", "unmoved"}
    spread = "" if found.spread is None else f", over seeds {found.spread:.3f}"
    name = f"{row.metric} {found.of}".strip()
    return f"{name}: {told(found, '.1%' if share else '.3f')}, n {found.n:,}{spread}"


def _plain(title: str, table: Sequence[tuple[str, ...]], lines: Sequence[str]) -> Iterator[str]:
    yield title
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    for row in table:
        rest = "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        yield f"  {row[0]:<{widths[0]}}{rest}"
    yield from (f"  {line}" for line in lines)


def _markdown(table: Sequence[tuple[str, ...]]) -> str:
    rows = [f"| {' | '.join(row)} |" for row in table]
    return "\n".join([rows[0], f"|{'---|' * len(table[0])}", *rows[1:]])


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
