"""Any chat model as a backend: requests rendered, all choices in one call, all texts in another, answers folded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from burnish.chat import ChatModel, Choose, Write, Written, fold, joint, render
from burnish.errors import UsageError
from burnish.values import AssessRequest, Failure, JointRequest, Reply, Request, RewriteRequest, State, Usage


class ChatBackend:
    """A `Backend` over a `ChatModel`; the prompts' version is part of its identity."""

    def __init__(self, model: ChatModel) -> None:
        """Owns `model`."""
        self.model = model
        self.side_px = model.side_px
        self.identity = f"{model.identity}+prompts-{render.version()}"

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request, in order."""
        assessed = {at: request for at, request in enumerate(requests) if isinstance(request, AssessRequest)}
        tasks = {at: _task(request) for at, request in enumerate(requests) if not isinstance(request, AssessRequest)}
        replies: dict[int, Reply] = {}
        if assessed:
            replies |= self._scores(assessed)
        if tasks:
            written = self.model.write(list(tasks.values()))
            replies |= {at: _text(requests[at], tasks[at], w) for at, w in zip(tasks, written, strict=True)}
        return [replies[at] for at in range(len(requests))]

    def usage(self) -> Usage:
        """What the model has been used for so far."""
        return self.model.usage()

    def _scores(self, assessed: Mapping[int, AssessRequest]) -> dict[int, Reply]:
        """Replies by position. A criterion that does not exist is a failure of its requests only."""
        asked = {at: _rendered(request) for at, request in assessed.items()}
        questions = {at: question for at, question in asked.items() if isinstance(question, Choose)}
        chosen = dict(zip(questions, self.model.choose(list(questions.values())), strict=True))
        answers = {at: failure for at, failure in asked.items() if isinstance(failure, Failure)} | chosen
        return {at: fold.score(request, answers[at]) for at, request in assessed.items()}


def _rendered(request: AssessRequest) -> Choose | Failure:
    try:
        return render.choose(request)
    except UsageError as error:
        return Failure(state=State.NOT_ASKED, detail=str(error))


def _task(request: Request) -> Write:
    task, _ = _WRITTEN[type(request)]
    return task(request)


def _text(request: Request, task: Write, written: Written | Failure) -> Reply:
    if isinstance(written, Failure):
        return written
    _, read = _WRITTEN[type(request)]
    return read(request, task, written)


_WRITTEN: dict[type[Request], tuple[Callable[..., Write], Callable[..., Reply]]] = {
    RewriteRequest: (render.write, fold.draft),
    JointRequest: (joint.write, lambda request, _, written: joint.read(request, written.text)),
}
"""For each request that is answered with a text: what is asked, and how the answer is read."""
