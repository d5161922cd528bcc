"""How much was changed, and what new captions became."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import orjson

from burnish.edits import changed_share, words
from burnish.report import drawing
from burnish.report.cards import Card
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.report.reading import Batch, indices
from burnish.report.sections import Section
from burnish.storage.layout import SUMMARY
from burnish.storage.stopping import stopping
from burnish.values import Json

COMPARED = 20_000
_BARS = 20


class Edits(Section):
    """See the module."""

    title = "How much was changed"
    order = 40

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        changed = run.counts.rewritten + run.counts.recaptioned
        self._share = min(1.0, COMPARED / changed) if changed else 1.0
        self._changed = self._rows = 0
        self._shares: list[float] = []
        self._gone: list[int] = []
        self._come: list[int] = []
        self._captions: Mapping[str, Json] = {}

    def take(self, batch: Batch) -> None:
        """Count texts that changed; of a sample of them, words."""
        self._rows += batch.size
        self._changed += int(batch.changed.sum())
        at = np.flatnonzero(batch.changed & (batch.number <= np.uint64(self._share * (2**64 - 1025))))
        chosen = indices(at)
        for old, new in zip(batch.original.take(chosen).to_pylist(), batch.text.take(chosen).to_pylist(), strict=True):
            self._shares.append(changed_share(old, new))
            before, after = Counter(words(old)), Counter(words(new))
            self._gone.append((before - after).total())
            self._come.append((after - before).total())

    def finish(self, cards: Mapping[Place, Card]) -> None:  # noqa: ARG002 -- shows no pairs
        """Read what the summary says of new captions."""
        with stopping("read", f"{self.run.files.shown}/{SUMMARY}"):
            try:
                content = orjson.loads(self.run.files.read(SUMMARY))
            except (FileNotFoundError, orjson.JSONDecodeError):
                return  # not finished, or damaged, which `burnish verify` tells
        found = content.get("captions") if isinstance(content, dict) else None
        self._captions = found if isinstance(found, dict) else {}

    def figures(self) -> Mapping[str, Json]:
        """Counts over all pairs, medians over the sample."""
        return {
            "texts": self._rows,
            "changed": self._changed,
            "untouched_share": 1 - self._changed / max(1, self._rows),
            "compared": len(self._shares),
            "median_words_gone": _median(self._gone),
            "median_words_come": _median(self._come),
            "median_changed_share": _median(self._shares),
            "captions": dict(self._captions),
        }

    def lines(self) -> Iterator[str]:
        """One line of texts, one of words."""
        untouched = self._rows - self._changed
        yield f"  texts untouched {untouched:,} ({untouched / max(1, self._rows):.1%}), changed {self._changed:,}"
        if self._shares:
            yield (
                f"  of a changed text, median: {_median(self._gone):g} words gone, {_median(self._come):g} come,"
                f" {_median(self._shares):.0%} of the words changed"
            )

    def view(self) -> Mapping[str, Any]:
        """Figures, and shares of words changed as bars."""
        counts, _ = np.histogram(self._shares, bins=_BARS, range=(0.0, 1.0))
        top = max(1, int(counts.max()))
        return {
            "told": self.figures(),
            "bars": drawing.bars([int(count) / top for count in counts]),
            "sampled": len(self._shares) < self._changed,
            "captions": list(_of_captions(self._captions)),
        }


def _median(values: list[Any]) -> float:
    return float(statistics.median(values)) if values else 0.0


def _of_captions(by_format: Mapping[str, Json]) -> Iterator[dict[str, Any]]:
    for role, each in by_format.items():
        counts = {str(k): v for k, v in each.items() if isinstance(v, int)} if isinstance(each, dict) else {}
        missed = {what.removeprefix("no:"): n for what, n in counts.items() if what.startswith("no:")}
        row = {name: counts.get(name, 0) for name in ("written", "reasked", "trimmed", "low")}
        yield {"role": role, **row, "missed": sum(missed.values()), "why": sorted(missed.items())}


SECTION = Edits
