"""Any chat model as a backend: requests rendered, all choices in one call, all texts in another, answers folded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from burnish import discovery
from burnish.chat import ChatModel, Choose, Prompt, Write, Written, caption, explain, fold, joint, render, worsen
from burnish.errors import UsageError
from burnish.usage import Usage
from burnish.values import (
    AssessRequest,
    Budget,
    CaptionRequest,
    ExplainRequest,
    Failure,
    Finding,
    JointRequest,
    Picture,
    Reply,
    Request,
    RewriteRequest,
    State,
)

Rendering = TypeVar("Rendering", bound=Request)
Asked = TypeVar("Asked", Choose, Write)


class ChatBackend:
    """A `Backend` over a `ChatModel`; the prompts' version is part of its identity."""

    def __init__(self, model: ChatModel) -> None:
        """Owns `model`."""
        self.model = model
        self.side_px = model.side_px
        self.identity = f"{model.identity}+prompts-{render.version(_prompts())}"

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request, in order."""
        assessed = {at: request for at, request in enumerate(requests) if isinstance(request, AssessRequest)}
        others = {at: request for at, request in enumerate(requests) if not isinstance(request, AssessRequest)}
        replies: dict[int, Reply] = {}
        if assessed:
            replies |= self._scores(assessed)
        if others:
            replies |= self._texts(others)
        return [replies[at] for at in range(len(requests))]

    def worsen(self, asked: Sequence[worsen.WorsenRequest]) -> list[Reply]:
        """A caption that is worse on purpose for each request, in order; for training data alone."""
        tasks = [worsen.write(request) for request in asked]
        return [worsen.read(task, text) for task, text in zip(tasks, self.model.write(tasks), strict=True)]

    def usage(self) -> Usage:
        """What the model has been used for so far."""
        return self.model.usage()

    def describe(self) -> Mapping[str, str]:
        """How the model answers, by what is asked, for people to read."""
        return self.model.describe()

    def _scores(self, assessed: Mapping[int, AssessRequest]) -> dict[int, Reply]:
        """Replies by position."""
        asked = {at: _rendered(request, render.choose) for at, request in assessed.items()}
        questions = {at: question for at, question in asked.items() if isinstance(question, Choose)}
        chosen = dict(zip(questions, self.model.choose(list(questions.values())), strict=True))
        answers = {at: failure for at, failure in asked.items() if isinstance(failure, Failure)} | chosen
        return {at: fold.score(request, answers[at]) for at, request in assessed.items()}

    def _texts(self, requests: Mapping[int, Request]) -> dict[int, Reply]:
        """Replies by position."""
        asked = {at: _rendered(request, _WRITTEN[type(request)][0]) for at, request in requests.items()}
        tasks = {at: task for at, task in asked.items() if isinstance(task, Write)}
        written = dict(zip(tasks, self.model.write(list(tasks.values())), strict=True))
        failed = {at: failure for at, failure in asked.items() if isinstance(failure, Failure)}
        return failed | {at: _text(requests[at], tasks[at], written[at]) for at in tasks}


def _rendered(request: Rendering, render_: Callable[[Rendering], Asked]) -> Asked | Failure:
    """What is put to the model. A criterion that does not exist is a failure of its requests only."""
    try:
        return render_(request)
    except UsageError as error:
        return Failure(state=State.NOT_ASKED, detail=str(error))


def _text(request: Request, task: Write, written: Written | Failure) -> Reply:
    if isinstance(written, Failure):
        return written
    _, read = _WRITTEN[type(request)]
    return read(request, task, written)


def _prompts() -> list[Prompt]:
    """One prompt of every kind, with every criterion and format: all the words that a model can be given."""
    import numpy as np

    dot = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")
    names, text = discovery.names("criteria"), "a cat"
    scored = [AssessRequest(picture=dot, text=text, criterion=name, blind=b) for name in names for b in (False, True)]
    budget = Budget(max_changed=1.0, max_inserted=1)
    wrong = Finding(kind="existence", says="There is a cat.", verdict="refuted", start=0, stop=5)
    told: list[Request] = [
        *(RewriteRequest(picture=dot, text=text, budget=budget, fuse=f, evidence=("b",)) for f in (False, True)),
        RewriteRequest(picture=dot, text=text, budget=budget, refuted=(wrong,)),
        JointRequest(picture=dot, text=text),
        *(ExplainRequest(picture=dot, text=text, criterion=name, value=1.0) for name in names),
        *(
            CaptionRequest(picture=dot, format=name, text=said, evidence=("b",), wrong="c", last="d")
            for name in discovery.names("formats")
            for said in ("", text)
        ),
    ]
    return [*(render.choose(r).prompt for r in scored), *(_WRITTEN[type(r)][0](r).prompt for r in told)]


_WRITTEN: dict[type[Request], tuple[Callable[..., Write], Callable[..., Reply]]] = {
    RewriteRequest: (render.write, fold.draft),
    ExplainRequest: (explain.write, explain.read),
    CaptionRequest: (caption.write, caption.read),
    JointRequest: (joint.write, lambda request, _, written: joint.read(request, written.text)),
}
"""For each request that is answered with a text: what is asked, and how the answer is read."""
