"""How captions stand before and after, by criterion, and what another threshold would have meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from burnish.report import drawing
from burnish.report.measures import BINS, Histogram, edge
from burnish.report.opened import OVERALL, Run
from burnish.report.reading import DECISIONS, Batch
from burnish.report.sections import Section
from burnish.usage import Usage
from burnish.values import Decision, Json

STANDS = "what decides"
_REWRITTEN = DECISIONS.index(Decision.REWRITTEN)
_SHOWN = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5)


class Scores(Section):
    """See the module."""

    title = "Scores and threshold"
    order = 20

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        self.before: dict[str, Histogram] = {}
        self.after: dict[str, Histogram] = {}
        self._rewritten = Histogram(own=run.below)
        self._asked = 0

    def take(self, batch: Batch) -> None:
        """Count scores of originals and of chosen captions."""
        for name in batch.criteria:
            before, after = batch.scores(name)
            self._asked += int(np.count_nonzero(~np.isnan(before)))
            self._add(name, before, after)
        before, after = batch.stands
        self._add(STANDS, before, after)
        self._rewritten.add(before[batch.decision == _REWRITTEN])

    def _add(self, name: str, before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> None:
        self.before.setdefault(name, Histogram(own=self.run.below)).add(before)
        self.after.setdefault(name, Histogram(own=self.run.below)).add(after)

    def figures(self) -> Mapping[str, Json]:
        """Means, medians and counts by criterion, and what lies under each threshold of the table."""
        found: dict[str, Json] = {
            name: {
                "scored": self.before[name].count,
                "before": _told(self.before[name]),
                "after": _told(self.after[name]),
            }
            for name in self._names()
        }
        return {"threshold": self.run.below, "criteria": found, "thresholds": [dict(row) for row in self._table()]}

    def lines(self) -> Iterator[str]:
        """A line of blocks for each criterion."""
        names = self._names()
        if not names:
            return
        yield f"  {'scores 1 to 5':<22} {'before':<20}  {'after':<20}  mean"
        for name in names:
            before, after = self.before[name], self.after[name]
            mean = f"{before.mean:.2f} > {after.mean:.2f}" if before.mean and after.mean else ""
            yield f"  {name[:22]:<22} {drawing.blocks(before.bins)}  {drawing.blocks(after.bins)}  {mean}"
        stands = self.before[STANDS]
        under, rewritten = stands.under(self.run.below), self._rewritten.count
        yield f"  under the threshold of {self.run.below:g}: {under:,} ({under / max(1, stands.count):.1%})" + (
            f", rewritten {rewritten:,}" if rewritten else ""
        )

    def view(self) -> Mapping[str, Any]:
        """Drawings, and for the slider counts under each edge of a bin."""
        if not self._names():
            return {}
        rows = list(self._table())
        return {
            "plots": [self._plot(name) for name in self._names()],
            "rows": rows,
            "costs": any("cost" in row or "tokens" in row for row in rows),
            "money": any("cost" in row for row in rows),
            "below": self.run.below,
            "decides": ", ".join(f"{name} x {weight:g}" for name, weight in self.run.weights.items()),
            "slider": {"edges": [edge(at) for at in range(BINS + 1)], "below": self.run.below, "rows": self._all()},
            "at": min(BINS, max(0, round((self.run.below - edge(0)) / (edge(1) - edge(0))))),
            "most": BINS,
        }

    def _names(self) -> list[str]:
        """What there are scores of; what decides is not told twice where one criterion decides alone."""
        named = [name for name, each in self.before.items() if each.count and name != STANDS]
        alone = set(self.run.weights) == set(OVERALL) and "overall" in named
        return named if alone or not self.before.get(STANDS, Histogram()).count else [STANDS, *named]

    def _plot(self, name: str) -> dict[str, Any]:
        before, after = self.before[name], self.after[name]
        decides = name == STANDS or set(self.run.weights) == {name}
        return {
            "name": name,
            "drawn": drawing.overlaid(before.bins, after.bins),
            "before": _told(before),
            "after": _told(after),
            "scored": before.count,
            "without": before.without,
            "threshold": drawing.x_of(self.run.below) if decides else None,
        }

    def _table(self) -> Iterator[dict[str, Json]]:
        if self.before:
            for threshold in sorted({*_SHOWN, self.run.below}):
                yield self._at(threshold)

    def _all(self) -> list[dict[str, Json]]:
        return [self._at(edge(at)) for at in range(BINS + 1)]

    def _at(self, threshold: float) -> dict[str, Json]:
        """What a run with this threshold would ask and write. Above the run's own the share that would be accepted is
        not known: it is taken to be that of the pairs which were tried.
        """
        stands = self.before[STANDS]
        under, tried = stands.under(threshold), stands.under(self.run.below)
        row: dict[str, Json] = {"threshold": threshold, "under": under, "share": under / max(1, stands.count)}
        accepted = self._rewritten.count / tried if tried else 0.0
        beyond = max(0, under - tried)
        row |= {"rewritten": self._rewritten.under(threshold) + round(beyond * accepted), "estimated": beyond > 0}
        return row | self._cost(under, tried)

    def _cost(self, under: int, tried: int) -> dict[str, Json]:
        """Scoring the originals costs the same at every threshold; all else is for the pairs that stand under it."""
        spent = self.run.spending
        if not spent.used.calls or not spent.used.told:
            return {}
        share = min(1.0, self._asked / max(1, spent.scores))
        factor = under / tried if tried else 0.0
        scoring = {name: value * share for name, value in spent.on_scores.as_json().items()}
        used = {name: scoring[name] + (value - scoring[name]) * factor for name, value in spent.used.as_json().items()}
        usage = Usage(**{name: round(value) for name, value in used.items()})
        row: dict[str, Json] = {"calls": usage.calls, "tokens": usage.prompt_tokens + usage.written_tokens}
        prices = self.run.prices
        return {**row, "cost": prices.cost(usage)} if prices.price_in or prices.price_out else row


def _told(histogram: Histogram) -> dict[str, Json]:
    return {
        "mean": None if histogram.mean is None else round(histogram.mean, 4),
        "median": histogram.quantile(0.5),
        "tenth": histogram.quantile(0.1),
    }


SECTION = Scores
