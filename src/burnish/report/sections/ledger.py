"""Where every item went, and whether the sum holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from burnish.report.cards import Card
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.report.reading import DECISIONS, Batch
from burnish.report.sections import Section
from burnish.storage import quarantine
from burnish.storage.ledger import LedgerError
from burnish.values import Json

_FATES = (
    ("kept", "good as it is"),
    ("rewritten", "a smaller, cleaner text that a second look confirmed"),
    ("recaptioned", "a new caption was written"),
    ("passed", "not good, or not judged, but no sure repair: the original stands"),
    ("quarantined", "no usable pair: set aside with its bytes and a reason"),
    ("gaps", "bytes of a shard that belong to no pair"),
)


class Ledger(Section):
    """See the module."""

    title = "Where every pair went"
    order = 10

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        self._rows = np.zeros(len(DECISIONS), np.int64)
        self._aside: Counter[str] = Counter()

    def take(self, batch: Batch) -> None:
        """Count rows by decision."""
        self._rows += np.bincount(batch.decision, minlength=len(DECISIONS))

    def finish(self, cards: Mapping[Place, Card]) -> None:  # noqa: ARG002 -- shows no pairs
        """Count what is in quarantine."""
        self._aside = quarantine.kinds(self.run.files)

    def figures(self) -> Mapping[str, Json]:
        """Counts, and whether they add up and are what lies on disk."""
        faults: list[Json] = list(self.warnings())
        return {**self.run.counts.as_json(), "written": self.run.counts.written, "checked": not faults}

    def warnings(self) -> Iterator[str]:
        """What does not add up."""
        counts = self.run.counts
        try:
            counts.check()
        except LedgerError as error:
            yield str(error).splitlines()[0]
        found = dict(zip(DECISIONS, map(int, self._rows), strict=True))
        found |= {"quarantined": self._aside["fault"], "gaps": self._aside["gap"]}
        for name, number in found.items():
            if number != getattr(counts, name):
                yield f"the journal says {getattr(counts, name):,} {name}, the files {number:,}: see burnish verify"
        if not self.run.finished:
            yield "this run has not finished: the report is of the shards committed so far"

    def lines(self) -> Iterator[str]:
        """The equation and the shares."""
        counts = self.run.counts
        yield (
            f"in {counts.total:,} = out {counts.written:,} + quarantined {counts.quarantined:,} + gaps {counts.gaps:,}"
        )
        for name, number, share, _ in self._parts():
            yield f"  {name:<12}{number:>12,}  {share:>7.1%}"

    def view(self) -> Mapping[str, Any]:
        """The parts with their widths, 0 to 1000."""
        at = 0.0
        bars = []
        for name, number, share, meaning in self._parts():
            bars.append({"name": name, "count": number, "share": share, "meaning": meaning, "x": at, "w": share * 1000})
            at += share * 1000
        return {"counts": self.run.counts, "parts": bars, "faults": list(self.warnings())}

    def _parts(self) -> list[tuple[str, int, float, str]]:
        counts = self.run.counts
        numbers = [(name, int(getattr(counts, name)), meaning) for name, meaning in _FATES]
        return [(name, n, n / max(1, counts.total), meaning) for name, n, meaning in numbers if n]


SECTION = Ledger
