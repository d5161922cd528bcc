"""The likeliest answer of the scale, nothing between two of them: what greedy decoding of one digit would say."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.chat import Chosen, render
from burnish.chat.fold import MAX_OUTSIDE
from burnish.criteria import SCALE
from burnish.evals.inferencers import Asked, assessments, chat_model
from burnish.evals.trials import Answer
from burnish.protocols import Backend
from burnish.values import Failure, State


def argmax(backend: Backend, asked: Sequence[Asked]) -> list[Answer]:
    """One call for all."""
    model = chat_model("argmax", backend)
    return [_read(found) for found in model.choose([render.choose(each) for each in assessments("argmax", asked)])]


def _read(found: Chosen | Failure) -> Answer:
    if isinstance(found, Failure):
        return Answer(value=None, state=found.state)
    if found.outside > MAX_OUTSIDE:
        return Answer(value=None, state=State.UNPARSABLE)
    return Answer(value=float(SCALE[found.shares.index(max(found.shares))]))


INFERENCER = argmax
