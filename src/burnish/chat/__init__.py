"""Chat models: the two things each can do, and what is put to it.

A semantic request (`AssessRequest`, ...) becomes a `Choose` or a `Write` in `render`, a chat model answers it, `fold`
turns the answer into a reply. Only `render` knows prompts, only a model knows servers and tensors, and nothing that
a caption says ever stands outside the JSON string it is put in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from burnish.usage import Usage
from burnish.values import Failure, Json, Picture

Part: TypeAlias = str | Picture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prompt:
    """One system text and one user turn. All prompts about a pair share every part of `user` but the last (picture,
    caption, then the question), so that a model can compute that prefix once.
    """

    system: str
    user: tuple[Part, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures in their order."""
        return tuple(part for part in self.user if isinstance(part, Picture))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choose:
    """How likely is each of `answers` as the whole answer? Answers are short and none is the beginning of another."""

    prompt: Prompt
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Write:
    """A text under a closed, bounded JSON schema (objects without further keys, strings with `maxLength`).

    `nonce` is a constant in the schema that the answer must carry: an answer for another request is recognised.
    An empty schema asks for free text. `max_tokens` bounds the answer; `temperature` 0 is greedy; `seed` counts only
    above 0.
    """

    prompt: Prompt
    schema: Mapping[str, Json]
    nonce: str
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Probabilities of the answers, in their order, as they came: they and `outside` (the mass on anything else) add
    up to 1. `how` says where they come from ("logits", "logprobs", "samples:8").
    """

    shares: tuple[float, ...]
    outside: float
    how: str

    @property
    def margin(self) -> float:
        """The likeliest answer's probability minus the next one's."""
        first, second, *_ = (*sorted(self.shares, reverse=True), 0.0, 0.0)
        return first - second


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A model's text as it came. `cut`: it ended because the budget was used up. `how` says what kept it to the
    schema ("json_schema", "structured_outputs", "json_object", "plain", "grammar").
    """

    text: str
    cut: bool
    how: str


@runtime_checkable
class Metered(Protocol):
    """A backend whose answers cost something: they are journalled before use, and counted."""

    def usage(self) -> Usage:
        """What has been used so far."""
        ...


@runtime_checkable
class Described(Protocol):
    """A backend that can say how it answers."""

    def describe(self) -> Mapping[str, str]:
        """For people to read, by what is asked."""
        ...


class ChatModel(Protocol):
    """A model that answers prompts about pictures. `identity` names everything on its side that can change an answer.

    One result per question, same length and order. A question that fails gives a `Failure`; an unusable environment
    raises `StopError`. `usage` counts from the making of the model.
    """

    identity: str
    side_px: int

    def choose(self, questions: Sequence[Choose]) -> list[Chosen | Failure]:
        """Probabilities over each question's answers."""
        ...

    def write(self, tasks: Sequence[Write]) -> list[Written | Failure]:
        """A text for each task."""
        ...

    def describe(self) -> Mapping[str, str]:
        """Where scores ("questions") and texts ("texts") come from, for people to read."""
        ...

    def usage(self) -> Usage:
        """What has been used so far."""
        ...
