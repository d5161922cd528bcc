"""The score as the backend gives it: of a chat model the expectation over the answers of the scale."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.evals.inferencers import Asked
from burnish.evals.trials import Answer
from burnish.protocols import Backend
from burnish.values import Failure, JointReply, Reply, Score, State


def expectation(backend: Backend, asked: Sequence[Asked]) -> list[Answer]:
    """One call for all."""
    replies = backend.answer([each.question for each in asked])
    return [_read(reply, each.criterion) for reply, each in zip(replies, asked, strict=True)]


def _read(reply: Reply, criterion: str) -> Answer:
    if isinstance(reply, JointReply):
        none = Failure(state=State.UNPARSABLE, detail="the answer has no such score")
        reply = next((score for score in reply.scores if score.criterion == criterion), none)
    if isinstance(reply, Score):
        return Answer(value=reply.value, state=reply.state)
    return Answer(value=None, state=reply.state if isinstance(reply, Failure) else State.UNPARSABLE)


INFERENCER = expectation
