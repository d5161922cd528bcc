"""The ledger of what was made: every pair that came in is counted once by what became of it, every caption that was
made once by whether it was kept, refused, or left out for balance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from burnish.values import Json

GOOD_RAW = "good_raw"
MADE_BAD = "made_bad"
BAD_RAW = "bad_raw"
MADE_GOOD = "made_good"
KINDS = (GOOD_RAW, MADE_BAD, BAD_RAW, MADE_GOOD)
REWRITE = "rewrite"
"""Stands for a way among refusals: the rewrite of a bad pair."""


@dataclass(slots=True)
class Tally:
    """`pairs` = `good` + `bad` + all of `left_out`. `tried`, `kept`: captions by way; `refused`: by way and reason.
    `kinds`: captions to teach, by kind. `faults`: items of the source that are no pairs.
    """

    pairs: int = 0
    good: int = 0
    bad: int = 0
    faults: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    refused: dict[str, Counter[str]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)

    def refuse(self, way: str, reason: str) -> None:
        """Count one refusal."""
        self.refused.setdefault(way, Counter())[reason] += 1

    def add(self, other: Tally) -> None:
        """Take another shard's counts in."""
        for name in ("pairs", "good", "bad", "faults"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("left_out", "tried", "kept", "kinds"):
            getattr(self, name).update(getattr(other, name))
        for way, reasons in other.refused.items():
            self.refused.setdefault(way, Counter()).update(reasons)

    def as_json(self) -> dict[str, Json]:
        """All counts by name, in a fixed order."""
        return {
            **{name: getattr(self, name) for name in ("pairs", "good", "bad", "faults")},
            **{name: dict(sorted(getattr(self, name).items())) for name in ("left_out", "tried", "kept", "kinds")},
            "refused": {way: dict(sorted(reasons.items())) for way, reasons in sorted(self.refused.items())},
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Tally:
        """The inverse of `as_json`."""
        counts = {name: Counter(found[name]) for name in ("left_out", "tried", "kept", "kinds")}
        refused = {way: Counter(reasons) for way, reasons in found["refused"].items()}
        known: dict[str, Any] = {**found, **counts, "refused": refused}
        return cls(**known)
