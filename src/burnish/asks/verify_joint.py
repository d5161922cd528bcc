"""The second look at a rewrite by a model that only gives joint answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from burnish.asks import Terms
from burnish.asks.joint import joint_requests, spread
from burnish.asks.verify import Verify
from burnish.values import Record, Reply, Request


@dataclass(frozen=True, slots=True)
class VerifyJoint:
    """Wanted by records with rewrites that have no verdict yet."""

    verify: Verify
    name: str = "verify_joint"

    def requests(self, record: Record) -> list[Request]:
        """The same one question for each rewrite as for the original."""
        return [r for caption in self.verify.pending(record) for r in joint_requests(record.picture, caption.text)]

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The rewrites with scores and verdicts; chosen if one gains. A rewrite of the rewrite is not looked at."""
        return self.verify.fold(record, spread(replies, self.verify.criteria))


def ask(terms: Terms) -> VerifyJoint:
    """Made by name from a recipe."""
    return VerifyJoint(Verify(terms.plan.rewrite, terms.weights, terms.recipe.criteria))
