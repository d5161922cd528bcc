"""Requests as bytes. What differs between servers is a `Dialect`; everything else is the same for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from burnish.chat import Choose, Prompt, Write
from burnish.chat.openai.settings import Settings

SAMPLE_TOKENS = 8
"""Room for an answer and a few words round it: what is longer is no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How this server wants to be asked. `top`: how many token probabilities it gives, 0 if none."""

    model: str
    top: int = 20
    budget: str = "max_tokens"
    temperature: bool = True
    seed: bool = True


class Bodies:
    """Writes request bodies. `parts` are the JSON of the pictures by id()."""

    def __init__(self, settings: Settings, dialect: Dialect) -> None:
        """`settings.extra` goes into every body and wins."""
        self._settings = settings
        self._more = settings.more
        self.dialect = dialect

    def choose(self, question: Choose, parts: Mapping[int, bytes]) -> bytes:
        """One token with the probabilities of its alternatives.

        Temperature 1 leaves the probabilities as the model has them. 0 is not needed, as the token that is drawn is
        not used, and servers that scale before reporting would give 1 and 0.
        """
        asked = {"logprobs": True, "top_logprobs": self.dialect.top}
        return self._body(question.prompt, parts, tokens=1, temperature=1.0, rest=asked)

    def sample(self, question: Choose, seed: int, parts: Mapping[int, bytes]) -> bytes:
        """One answer drawn at the sampling temperature."""
        temperature = self._settings.temperature
        return self._body(question.prompt, parts, tokens=SAMPLE_TOKENS, temperature=temperature, rest=self._seed(seed))

    def write(self, task: Write, way: str, parts: Mapping[int, bytes]) -> bytes:
        """A text kept to its schema in the given way; a free one where the schema is empty."""
        kept = _kept_to(task.schema, way) if task.schema else {}
        rest = {**kept, **(self._seed(task.seed) if task.temperature > 0 else {})}
        return self._body(task.prompt, parts, tokens=task.max_tokens, temperature=task.temperature, rest=rest)

    def _seed(self, seed: int) -> dict[str, Any]:
        return {"seed": seed} if self.dialect.seed else {}

    def _body(
        self, prompt: Prompt, parts: Mapping[int, bytes], *, tokens: int, temperature: float, rest: Mapping[str, Any]
    ) -> bytes:
        dialect = self.dialect
        content = [
            {"type": "text", "text": _whole(part)} if isinstance(part, str) else orjson.Fragment(parts[id(part)])
            for part in prompt.user
        ]
        body: dict[str, Any] = {
            "model": dialect.model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": content}],
            dialect.budget: tokens,
        }
        if dialect.temperature:
            body["temperature"] = temperature
        return orjson.dumps({**body, **rest, **self._more})


def _kept_to(schema: Mapping[str, Any], way: str) -> dict[str, Any]:
    if way == "json_schema":
        named = {"name": "answer", "strict": True, "schema": schema}
        return {"response_format": {"type": "json_schema", "json_schema": named}}
    if way == "structured_outputs":
        return {"structured_outputs": {"json": schema}}
    if way == "json_object":
        return {"response_format": {"type": "json_object"}}
    return {}


def _whole(text: str) -> str:
    """`text` with "?" for half characters, which JSON in UTF-8 cannot hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
