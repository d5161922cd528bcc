"""A model that writes captions of contrasting quality: a worse one of a good pair, a better one of a bad pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast, runtime_checkable

from burnish.answers import usage
from burnish.chat import worsen
from burnish.errors import UsageError
from burnish.negatives.comparing import Shown
from burnish.plan import RewriteRules
from burnish.protocols import Backend
from burnish.usage import Usage
from burnish.values import Draft, Reply, Request, RewriteRequest


@runtime_checkable
class Worsening(Protocol):
    """A backend that can write a caption that is worse on purpose."""

    def worsen(self, asked: Sequence[worsen.WorsenRequest]) -> list[Reply]:
        """One `Draft` or `Failure` a request, in order."""
        ...


class Worse:
    """A `Backend` whose only requests are `WorsenRequest`s, so that paid answers are journalled like all others."""

    def __init__(self, backend: Backend) -> None:
        """Raises `UsageError` if `backend` cannot write worse captions."""
        if not isinstance(backend, Worsening) or not getattr(backend, "can_rewrite", True):
            raise UsageError(
                f"the model {backend.identity!r} cannot teach: it writes no captions that are worse on purpose.\n"
                "Models that can: openai, transformers, vllm, and oracle for scenes."
            )
        self._backend = backend
        self.side_px = cast(Backend, backend).side_px
        self.identity = f"{cast(Backend, backend).identity}+worsen-{worsen.version()}"

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request, in order."""
        return self._backend.worsen(cast("Sequence[worsen.WorsenRequest]", requests))

    def usage(self) -> Usage:
        """What the model has been used for so far."""
        return usage(cast(Backend, self._backend))


class Teacher:
    """Asks for both kinds of caption."""

    def __init__(self, worse: Backend, better: Backend) -> None:
        """`worse` answers `WorsenRequest`s (see `Worse`), `better` the usual ones; both are the same model."""
        self._worse = worse
        self._better = better
        self.side_px = better.side_px

    def worsen(self, shown: Sequence[Shown], whos: Sequence[int]) -> list[str | None]:
        """A worse caption for each, None where the model gave none. What is to be wrong hangs on `whos`."""
        faults = list(worsen.FAULTS)
        asked = [
            worsen.WorsenRequest(picture=each.picture, text=each.text, fault=faults[who % len(faults)])
            for each, who in zip(shown, whos, strict=True)
        ]
        return [_text(reply) for reply in self._worse.answer(cast("Sequence[Request]", asked))]

    def mend(self, shown: Sequence[Shown]) -> list[str | None]:
        """A rewrite for each, None where the model gave none."""
        budget = RewriteRules().budget
        asked = [RewriteRequest(picture=each.picture, text=each.text, budget=budget) for each in shown]
        return [_text(reply) for reply in self._better.answer(asked)]


def _text(reply: Reply) -> str | None:
    return reply.text.strip() if isinstance(reply, Draft) else None
