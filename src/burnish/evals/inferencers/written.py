"""The answer as the model writes it, with nothing to keep it to the scale: how often it is none is a figure too."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.chat import Write, Written, render
from burnish.criteria import SCALE
from burnish.evals.inferencers import Asked, assessments, chat_model
from burnish.evals.trials import Answer
from burnish.protocols import Backend
from burnish.replies import read_answer
from burnish.values import AssessRequest, Failure, State

MAX_TOKENS = 16
"""A digit, and what little may stand round it. Models that think before they answer are cut off, and counted so."""


def written(backend: Backend, asked: Sequence[Asked]) -> list[Answer]:
    """One call for all."""
    model = chat_model("written", backend)
    return [_read(found) for found in model.write([_task(each) for each in assessments("written", asked)])]


def _task(request: AssessRequest) -> Write:
    return Write(prompt=render.choose(request).prompt, schema={}, nonce="", max_tokens=MAX_TOKENS)


def _read(found: Written | Failure) -> Answer:
    if isinstance(found, Failure):
        return Answer(value=None, state=found.state)
    which = read_answer(found.text, render.ANSWERS)
    if isinstance(which, Failure):
        cut = found.cut and which.state is State.UNPARSABLE
        return Answer(value=None, state=State.TRUNCATED if cut else which.state)
    return Answer(value=float(SCALE[which]))


INFERENCER = written
