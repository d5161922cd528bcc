"""Score the texts of which a plan wants to know whether they stand low enough for a new caption (``below``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from burnish.asks import Terms
from burnish.asks.assess import Assess
from burnish.asks.recaption import Desk, desk
from burnish.standing import criteria, standing
from burnish.values import Record, Reply, Request


@dataclass(frozen=True, slots=True)
class RecaptionScore:
    """Wanted by records of which the plan asks how they stand and no earlier run has left a score."""

    desk: Desk
    assess: Assess
    name: str = "recaption_score"

    def requests(self, record: Record) -> list[Request]:
        """The assessment of the text, or nothing where it is known or does not matter."""
        if self.desk.only.below is None or standing(self.desk.scored(record), self.desk.weights) is not None:
            return []
        return self.assess.requests(record)

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The text with its scores."""
        return self.assess.fold(record, replies)


def ask(terms: Terms) -> RecaptionScore:
    """Made by name from a recipe."""
    return RecaptionScore(desk(terms), Assess(criteria(terms.plan, terms.recipe)))
