"""What a run did, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from burnish.plan import Plan
from burnish.storage.ledger import Counts
from burnish.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts of the whole output, also of shards done by earlier runs. `reasons`: pairs by reason, over passed and
    quarantined ones. `elapsed_s` is this run's wall time, `shards_before` the shards it found done. `limit`: the output
    holds the first so many items of the source only; 0: all of it. `blind`: by criterion, how many scores were compared
    with what they are without the picture, and how many of them barely moved. `captions`: by format, how often what
    became of it: "written", "reasked", "trimmed", "dropped" (facts of the text), "low", and "no:WHY" for none.
    """

    plan: Plan
    counts: Counts
    reasons: Mapping[str, int] = field(default_factory=dict)
    shards: int = 0
    shards_before: int = 0
    elapsed_s: float = 0.0
    backend: str = ""
    limit: int = 0
    blind: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    captions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def lasting(self) -> dict[str, Json]:
        """What stays true of the output however often it is resumed: no times, no paths, no workers."""
        return {
            "backend": self.backend,
            "recipe": self.plan.recipe,
            "plan": dict(self.plan.semantic()),
            "counts": self.counts.as_json(),
            "reasons": dict(self.reasons),
            "shards": self.shards,
            **({"captions": {role: dict(each) for role, each in self.captions.items()}} if self.captions else {}),
            **({"blind": {name: list(counts) for name, counts in self.blind.items()}} if self.blind else {}),
            **({"limit": self.limit} if self.limit else {}),
        }

    def as_json(self) -> dict[str, Json]:
        """For ``--json``: the lasting part and this run's own figures."""
        return {
            **self.lasting(),
            "source": self.plan.source,
            "output": self.plan.output,
            "shards_before": self.shards_before,
            "elapsed_s": round(self.elapsed_s, 3),
        }
