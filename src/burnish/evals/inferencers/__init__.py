"""How an answer is read. One file each: a model and questions about items in, an `Answer` each out.

`expectation` takes what the backend says and works with all of them; the others look at what a chat model does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from burnish import discovery
from burnish.chat import ChatModel
from burnish.chat.backend import ChatBackend
from burnish.errors import UsageError
from burnish.evals.instructions import Question
from burnish.evals.trials import Answer, Item
from burnish.protocols import Backend
from burnish.values import AssessRequest

KIND = "evals.inferencers"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """A question, the item it is about, and the criterion whose answer counts."""

    item: Item
    criterion: str
    question: Question


class Inferencer(Protocol):
    """See the module."""

    def __call__(self, backend: Backend, asked: Sequence[Asked]) -> list[Answer]:
        """One answer each, in order. Raises `UsageError` for a backend or a question that it cannot do with."""
        ...


def load(name: str) -> Inferencer:
    """The inferencer called `name`; raises `UsageError` with the nearest name."""
    return cast(Inferencer, discovery.load(KIND, name))


def together(name: str) -> bool:
    """Whether all texts beside a picture have to be asked about at once (`TOGETHER` beside the inferencer)."""
    return bool(discovery.beside(KIND, name, "TOGETHER"))


def chat_model(name: str, backend: Backend) -> ChatModel:
    """The chat model in a backend. Raises `UsageError` if there is none."""
    if not isinstance(backend, ChatBackend):
        raise UsageError(
            f"the inferencer {name} reads what a chat model does; {backend.identity} is none.\n"
            "Use --inferencer expectation, or a backend that is: openai, transformers, vllm."
        )
    return backend.model


def assessments(name: str, asked: Sequence[Asked]) -> list[AssessRequest]:
    """The questions, each for one criterion. Raises `UsageError` for others."""
    found = [each.question for each in asked if isinstance(each.question, AssessRequest)]
    if len(found) < len(asked):
        raise UsageError(f"the inferencer {name} reads an answer to one criterion.\nUse --instruction plain with it.")
    return found
