"""What a cascade saves and what it changes: two assessments of the same pairs, one cheap, one dear.

For each value of `sure`, the share of pairs the dear model is not asked about, and the share of decisions (keep or
rewrite) that come out differently from asking it about every pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from burnish.errors import UsageError
from burnish.evals.labels import Judged

SURE = tuple(round(0.05 * step, 2) for step in range(21))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value of `sure`: shares of all pairs; `right` is the share decided as labelled, None without labels."""

    sure: float
    saved: float
    changed: float
    right: float | None


def curve(
    cheap: Sequence[Judged], dear: Sequence[Judged], below: float, labels: Mapping[str, bool] | None = None
) -> list[Point]:
    """The trade-off over pairs that both have judged, by overall score. Raises `UsageError` if there are none."""
    second = {pair.key: pair for pair in dear if "overall" in pair.values}
    pairs = [(pair, second[pair.key]) for pair in cheap if pair.key in second]
    if not pairs:
        raise UsageError("the two outputs share no pair with an overall score.\nGive two assessments of one source.")
    return [_point(pairs, sure, below, labels or {}) for sure in SURE]


def cheapest(points: Sequence[Point], max_changed: float) -> Point:
    """The point that saves most while it changes at most `max_changed` of the decisions; else the one that changes
    least.
    """
    fine = [point for point in points if point.changed <= max_changed]
    return max(fine, key=lambda p: p.saved) if fine else min(points, key=lambda p: p.changed)


def _point(pairs: Sequence[tuple[Judged, Judged]], sure: float, below: float, labels: Mapping[str, bool]) -> Point:
    settled = [first.values.get("overall", 0.0) >= below and first.confidence >= sure for first, _ in pairs]
    truly = [second.values["overall"] >= below for _, second in pairs]
    decided = [alone or dear for alone, dear in zip(settled, truly, strict=True)]
    known = [(kept, labels[first.key]) for (first, _), kept in zip(pairs, decided, strict=True) if first.key in labels]
    return Point(
        sure=sure,
        saved=sum(settled) / len(pairs),
        changed=sum(kept != truth for kept, truth in zip(decided, truly, strict=True)) / len(pairs),
        right=sum(kept == good for kept, good in known) / len(known) if known else None,
    )
