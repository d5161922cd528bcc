"""Score the original caption by every criterion of the recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from burnish.asks import Terms
from burnish.values import AssessRequest, Draft, Failure, Picture, Record, Reply, Request, Score, State


@dataclass(frozen=True, slots=True)
class Assess:
    """Every record wants it; one request per criterion."""

    criteria: tuple[str, ...]
    name: str = "assess"

    def requests(self, record: Record) -> list[Request]:
        """One `AssessRequest` per criterion about the text a model may see."""
        return assess_requests(record.picture, record.view, self.criteria)

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The original caption with its scores."""
        original = replace(record.captions[0], scores=scores_of(self.criteria, replies))
        return replace(record, captions=(original, *record.captions[1:]))


def ask(terms: Terms) -> Assess:
    """Made by name from a recipe."""
    return Assess(terms.recipe.criteria)


def assess_requests(picture: Picture, text: str, criteria: Sequence[str]) -> list[Request]:
    """One request per criterion, in the criteria's order."""
    return [AssessRequest(picture=picture, text=text, criterion=name) for name in criteria]


def scores_of(criteria: Sequence[str], replies: Sequence[Reply]) -> tuple[Score, ...]:
    """Replies as scores, in the criteria's order; a failure becomes a score without a value, never a low one."""
    return tuple(_score(name, reply) for name, reply in zip(criteria, replies, strict=True))


def _score(name: str, reply: Reply) -> Score:
    if isinstance(reply, Score):
        return reply
    if isinstance(reply, Failure):
        return Score(criterion=name, value=None, confidence=0.0, state=reply.state, reason=reply.detail)
    assert isinstance(reply, Draft)
    return Score(criterion=name, value=None, confidence=0.0, state=State.UNPARSABLE, reason="a text instead of a score")
