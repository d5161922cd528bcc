"""Scores, reasons and rewrite in one answer, for models trained the AITQE way (arXiv 2410.16166).

Such a model writes its rewrite before it has scored; here it counts only where the score turns out low.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from burnish import edits
from burnish.asks import Terms, rewrite
from burnish.asks.assess import Assess, views
from burnish.asks.rewrite import Rewrite
from burnish.values import Draft, JointReply, JointRequest, Picture, Record, Reply, Request, Score, State


@dataclass(frozen=True, slots=True)
class Joint:
    """Every record wants it; one request for each view of its text."""

    assess: Assess
    rewrite: Rewrite
    name: str = "joint"

    def requests(self, record: Record) -> list[Request]:
        """One `JointRequest`, and another without the orders in the text if it gives any."""
        return joint_requests(record.picture, record.view)

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The original with its scores and, if it stands low and may be rewritten, the model's rewrite."""
        record = self.assess.fold(record, spread(replies, self.assess.criteria))
        last = replies[-1]
        if not self.rewrite.requests(record) or not isinstance(last, JointReply):
            return record
        if last.draft is None:
            return replace(record, reason="no_sure_rewrite")
        text = views(record.view)[-1]
        steps = edits.diff(text, last.draft.text, "rewritten by the model")
        return self.rewrite.propose(record, [Draft(text=last.draft.text, edits=steps)])


def ask(terms: Terms) -> Joint:
    """Made by name from a recipe."""
    return Joint(Assess(terms.recipe.criteria), rewrite.ask(terms))


def joint_requests(picture: Picture, text: str) -> list[Request]:
    """One request for each view of the text."""
    return [JointRequest(picture=picture, text=view) for view in views(text)]


def spread(replies: Sequence[Reply], criteria: Sequence[str]) -> list[Reply]:
    """Joint replies as one reply per criterion, in the criteria's order; a failure fails them all."""
    return [_of(reply, name) for reply in replies for name in criteria]


def _of(reply: Reply, criterion: str) -> Reply:
    if not isinstance(reply, JointReply):
        return reply
    found = (score for score in reply.scores if score.criterion == criterion)
    return next(found, Score(criterion=criterion, value=None, confidence=0.0, state=State.NOT_ASKED))
