"""What could not become part of the output: by reason, with examples, and how to try again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from burnish.report.cards import Card
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.report.sections import Section
from burnish.storage.quarantine import without_bytes
from burnish.values import Json

EXAMPLES = 4
REASONS = 40


class Quarantine(Section):
    """See the module."""

    title = "Quarantine and gaps"
    order = 60

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        self._counts: Counter[str] = Counter()
        self._retryable: Counter[str] = Counter()
        self._examples: dict[str, list[Mapping[str, Any]]] = {}

    def finish(self, cards: Mapping[Place, Card]) -> None:  # noqa: ARG002 -- shows no pairs of the output
        """Read the rows, not their bytes."""
        for row in without_bytes(self.run.files):
            reason = row["reason"]
            self._counts[reason] += 1
            self._retryable[reason] += bool(row["retryable"])
            if len(self._examples.setdefault(reason, [])) < EXAMPLES:
                self._examples[reason].append(row)

    def figures(self) -> Mapping[str, Json]:
        """Counts by reason, quarantined and passed ones."""
        return {
            "quarantined": dict(self._counts.most_common()),
            "retryable": self._retryable.total(),
            "passed": {reason: n for reason, n in self.run.reasons.items() if reason not in self._counts},
        }

    def lines(self) -> Iterator[str]:
        """The largest reasons of both."""
        from burnish.texts import terminal

        for what, counts in (("bad because", self._counts), ("passed because", self._passed())):
            ranked = ", ".join(f"{terminal(reason, 40)} {n:,}" for reason, n in counts.most_common(4))
            if ranked:
                yield "  " + terminal(f"{what}: {ranked}", 76)

    def view(self) -> Mapping[str, Any]:
        """Reasons with examples."""
        from burnish.storage.redact import redact

        rows = [
            {"reason": reason, "count": n, "retryable": self._retryable[reason], "examples": self._examples[reason]}
            for reason, n in self._counts.most_common(REASONS)
        ]
        passed = self._passed().most_common(REASONS)
        if not rows and not passed:
            return {}
        return {"rows": rows, "passed": passed, "out": redact(self.run.path), "again": self._retryable.total()}

    def _passed(self) -> Counter[str]:
        return Counter({reason: n for reason, n in self.run.reasons.items() if reason not in self._counts})


SECTION = Quarantine
