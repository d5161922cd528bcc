"""Which form an answer must have, and the answer in that form from whatever decides the values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from burnish.fakeserver import schema as schemas
from burnish.fakeserver.answers import Draft
from burnish.fakeserver.chat import ChatRequest
from burnish.fakeserver.settings import Settings
from burnish.values import Json

MAX_CHOICE_TOKENS = 2
"""A request for so few tokens and no form of its own is a choice: what else could be answered?"""

_ANY_OBJECT: Mapping[str, Json] = {"type": "object", "properties": {"answer": {"type": "string"}}}


class Teller(schemas.Filler, Protocol):
    """Decides the values of every form."""

    def choose(self, choices: Sequence[str]) -> Mapping[str, float]:
        """Probabilities of `choices`."""
        ...

    def free(self) -> str:
        """A text without a form."""
        ...


def choices_of(request: ChatRequest, settings: Settings) -> tuple[str, ...] | None:
    """The answers to choose from if the request is a choice."""
    if request.structure is not None:
        return request.structure.choices
    few = request.max_tokens is not None and request.max_tokens <= MAX_CHOICE_TOKENS
    return settings.choice_list if few else None


def answer(request: ChatRequest, settings: Settings, teller: Teller) -> Draft:
    """The answer in the form the request asks for."""
    choices = choices_of(request, settings)
    if choices is not None:
        return teller.choose(choices)
    schema = _schema(request)
    if schema is None:
        return teller.free()
    return json.dumps(schemas.build(schema, teller), ensure_ascii=False, separators=(",", ":"))


def _schema(request: ChatRequest) -> Mapping[str, Json] | None:
    """The schema asked for, else one that stands in the prompt, as a model would follow it."""
    if request.structure is not None and request.structure.schema is not None:
        return request.structure.schema
    shown = next((s for text in (request.system, request.text) for s in _schemas_in(text)), None)
    if shown is None and request.structure is not None:
        return _ANY_OBJECT
    return shown


def _schemas_in(text: str) -> Iterator[Mapping[str, Json]]:
    decoder = json.JSONDecoder()
    start = text.find("{") if '"properties"' in text else -1
    while start >= 0:
        try:
            value, end = decoder.raw_decode(text, start)
        except ValueError:
            value, end = None, start + 1
        if isinstance(value, dict) and isinstance(value.get("properties"), dict):
            yield value
        start = text.find("{", end)
