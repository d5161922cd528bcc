"""A look at every new caption by the criteria of the texts: one that stands low is flagged, not dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from burnish.asks import Terms
from burnish.asks.assess import assess_requests, scores_of
from burnish.asks.recaption import ACCEPTED, UNCHECKED, Desk, desk, noted
from burnish.standing import criteria, standing
from burnish.values import Caption, Failure, Record, Reply, Request, State


@dataclass(frozen=True, slots=True)
class RecaptionCheck:
    """Wanted by records with new captions, if the plan's `recaption.check` says so."""

    desk: Desk
    criteria: tuple[str, ...]
    name: str = "recaption_check"

    def requests(self, record: Record) -> list[Request]:
        """The assessment of each caption that was accepted in this run."""
        return [request for caption in self._fresh(record) for request in self._questions(record, caption)]

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The captions with their scores, noted "low" where one stands below the floor, "unchecked" where no answer
        came: no score is no low score.
        """
        stream = iter(replies)
        judged = {}
        for caption in self._fresh(record):
            own = list(islice(stream, len(self._questions(record, caption))))
            judged[id(caption)] = self._judged(caption, own)
        return replace(record, captions=tuple(judged.get(id(caption), caption) for caption in record.captions))

    def _fresh(self, record: Record) -> list[Caption]:
        if not self.desk.rules.check:
            return []
        roles = {contract.format.name for contract in self.desk.contracts.values()}
        return [c for c in record.captions[1:] if c.role in roles and c.verdict.startswith(ACCEPTED)]

    def _questions(self, record: Record, caption: Caption) -> list[Request]:
        return assess_requests(record.picture, caption.text, self.criteria)

    def _judged(self, caption: Caption, replies: Sequence[Reply]) -> Caption:
        scored = replace(caption, scores=scores_of(self.criteria, replies))
        stands = standing(scored, self.desk.weights)
        low = stands is not None and stands < self.desk.rules.floor
        lacks = any(isinstance(reply, Failure) and reply.state is not State.ABSTAINED for reply in replies)
        told = [*(["low"] if low else ()), *([UNCHECKED] if lacks else ())]
        return replace(scored, verdict=noted(scored.verdict, *told))


def ask(terms: Terms) -> RecaptionCheck:
    """Made by name from a recipe."""
    return RecaptionCheck(desk(terms), criteria(terms.plan, terms.recipe))
