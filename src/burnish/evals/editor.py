"""How often an editor makes captions better, leaves them, or makes them worse, by a person's labels.

The table is a TSV with a header and the columns before, after, label (others are carried by whoever reads them).
A row whose texts are equal is unchanged and needs no label; every other row is labelled improved, neutral or worse.
"""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from burnish import edits, intervals
from burnish.errors import UsageError

LABELS = ("improved", "neutral", "worse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One edited caption; `label` is one of `LABELS`, or "" where nothing changed or nobody has labelled it yet."""

    before: str
    after: str
    label: str

    @property
    def changed(self) -> bool:
        """True if the editor did anything."""
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`count` of `n`, with the share and its Wilson 95 % interval, all 0..1."""

    count: int
    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All rates are of all `n` rows. The medians are over changed rows: words without counterpart, and their share."""

    n: int
    improved: Rate
    unchanged: Rate
    neutral: Rate
    worse: Rate
    median_words_changed: float
    median_share_changed: float


def read(path: Path) -> list[Row]:
    """The rows of a table. Raises `UsageError` for a missing column, an unknown label or a changed row without one."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = {"before", "after", "label"}.difference(reader.fieldnames or ())
        if missing:
            raise UsageError(f"{path} lacks the column {', '.join(sorted(missing))}.")
        return [_row(entry, f"{path}, line {line}") for line, entry in enumerate(reader, start=2)]


def _row(entry: dict[str, str | None], where: str) -> Row:
    row = Row(before=entry["before"] or "", after=entry["after"] or "", label=(entry["label"] or "").strip().lower())
    allowed = LABELS if row.changed else ("", "unchanged")
    if row.label not in allowed:
        raise UsageError(
            f"{where}: label {row.label!r}, expected {', '.join(label or 'nothing' for label in allowed)}."
        )
    return row


def measure(rows: Sequence[Row]) -> Figures:
    """Counts and medians over labelled rows."""
    changed = [row for row in rows if row.changed]
    shares = [edits.changed_share(row.before, row.after) for row in changed]
    counts = [_words_changed(row, share) for row, share in zip(changed, shares, strict=True)]

    def labelled(label: str) -> Rate:
        return wilson(sum(row.label == label for row in changed), len(rows))

    return Figures(
        n=len(rows),
        improved=labelled("improved"),
        unchanged=wilson(len(rows) - len(changed), len(rows)),
        neutral=labelled("neutral"),
        worse=labelled("worse"),
        median_words_changed=_median(counts),
        median_share_changed=round(_median(shares), 4),
    )


def wilson(count: int, n: int) -> Rate:
    """The share of `count` in `n` with its Wilson score interval; 0..1 where there is nothing to count."""
    if n == 0:
        return Rate(count=0, n=0, share=0.0, low=0.0, high=1.0)
    low, high = intervals.wilson(count, n)
    return Rate(count=count, n=n, share=round(count / n, 4), low=round(low, 4), high=round(high, 4))


def _words_changed(row: Row, share: float) -> float:
    return round(share * max(len(edits.words(row.before)), len(edits.words(row.after))))


def _median(values: Iterable[float]) -> float:
    found = list(values)
    return statistics.median(found) if found else 0.0
