"""Any chat model as a backend: requests rendered, all choices in one call, all texts in another, answers folded."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.chat import ChatModel, fold, render
from burnish.values import AssessRequest, Reply, Request, RewriteRequest


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
            chosen = self.model.choose([render.choose(request) for _, request in assessed])
            replies |= {at: fold.score(r, c) for (at, r), c in zip(assessed, chosen, strict=True)}
        if rewritten:
            tasks = [render.write(request) for _, request in rewritten]
            written = self.model.write(tasks)
            for (at, request), task, text in zip(rewritten, tasks, written, strict=True):
                replies[at] = fold.draft(request, task, text)
        return [replies[at] for at in range(len(requests))]
