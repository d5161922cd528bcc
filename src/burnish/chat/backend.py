"""Any chat model as a backend: requests rendered, all choices in one call, all texts in another, answers folded."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.chat import ChatModel, Choose, fold, render
from burnish.errors import UsageError
from burnish.values import AssessRequest, Failure, Reply, Request, RewriteRequest, State, Usage


class ChatBackend:
    """A `Backend` over a `ChatModel`; the prompts' version is part of its identity."""

    def __init__(self, model: ChatModel) -> None:
        """Owns `model`."""
        self.model = model
        self.side_px = model.side_px
        self.identity = f"{model.identity}+prompts-{render.version()}"

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request, in order."""
        assessed = [(at, request) for at, request in enumerate(requests) if isinstance(request, AssessRequest)]
        rewritten = [(at, request) for at, request in enumerate(requests) if isinstance(request, RewriteRequest)]
        replies: dict[int, Reply] = {}
        if assessed:
            replies |= self._scores(assessed)
        if rewritten:
            tasks = [render.write(request) for _, request in rewritten]
            written = self.model.write(tasks)
            for (at, request), task, text in zip(rewritten, tasks, written, strict=True):
                replies[at] = fold.draft(request, task, text)
        return [replies[at] for at in range(len(requests))]

    def _scores(self, assessed: Sequence[tuple[int, AssessRequest]]) -> dict[int, Reply]:
        """Replies by position. A criterion that does not exist is a failure of its requests only."""
        asked = {at: _rendered(request) for at, request in assessed}
        questions = {at: question for at, question in asked.items() if isinstance(question, Choose)}
        chosen = dict(zip(questions, self.model.choose(list(questions.values())), strict=True))
        answers = {at: failure for at, failure in asked.items() if isinstance(failure, Failure)} | chosen
        return {at: fold.score(request, answers[at]) for at, request in assessed}

    def usage(self) -> Usage:
        """What the model has been used for so far."""
        return self.model.usage()


def _rendered(request: AssessRequest) -> Choose | Failure:
    try:
        return render.choose(request)
    except UsageError as error:
        return Failure(state=State.NOT_ASKED, detail=str(error))
