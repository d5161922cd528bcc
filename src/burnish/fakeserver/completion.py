"""From what a model wants to say to the JSON of a chat completion: sampled, cut to its budget, counted."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from burnish.fakeserver import likelihoods
from burnish.fakeserver.answers import Draft
from burnish.fakeserver.chat import ChatRequest
from burnish.fakeserver.draws import Draw
from burnish.fakeserver.likelihoods import Step
from burnish.fakeserver.settings import Settings
from burnish.fakeserver.tokens import tokenize

FINGERPRINT = "burnish-fakeserver"
"""The ``system_fingerprint`` of every answer, whatever model id it was told to claim."""

_THOUGHT = tokenize(" I am a fake and only pretend to think.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer with its tokens. `cut`: the budget was spent before it was finished."""

    steps: tuple[Step, ...]
    reasoning: tuple[str, ...] = ()
    cut: bool = False

    @property
    def text(self) -> str:
        """The answer."""
        return "".join(step.token for step in self.steps)

    @property
    def tokens(self) -> int:
        """What it cost."""
        return len(self.steps) + len(self.reasoning)


def choice(draft: Draft, request: ChatRequest, settings: Settings, *, budget: int, draw: Draw) -> Choice:
    """One answer out of `draft` within `budget` tokens: the likeliest, or a drawn one if the temperature is above 0."""
    steps = _steps(draft, request, settings, draw)
    wanted = settings.thinking if request.thinking else 0
    reasoning = tuple(itertools.islice(itertools.cycle(_THOUGHT), min(wanted, budget)))
    left = budget - len(reasoning)
    return Choice(steps=tuple(steps[:left]), reasoning=reasoning, cut=len(steps) > left)


def _steps(draft: Draft, request: ChatRequest, settings: Settings, draw: Draw) -> list[Step]:
    if isinstance(draft, str):
        return likelihoods.free(tokenize(draft, split_digits=settings.split_digits))
    taken = _taken(draft, request, draw)
    answers = {_answer(text, settings.split_digits): p for text, p in draft.items()}
    return likelihoods.among(answers, _answer(taken, settings.split_digits))


@lru_cache(maxsize=1_024)
def _answer(text: str, split_digits: bool) -> tuple[str, ...]:  # noqa: FBT001 - keyword arguments slow the cache
    return tuple(tokenize(text, split_digits=split_digits))


def _taken(shares: Mapping[str, float], request: ChatRequest, draw: Draw) -> str:
    if not request.temperature:
        return max(shares, key=lambda answer: shares[answer])
    structured = request.structure is not None and request.structure.choices is not None
    left = draw.share("sample") * (sum(shares.values()) if structured else 1.0)
    for answer, share in shares.items():
        left -= share
        if left < 0:
            return answer
    return list(shares)[-1] if structured else draw.pick("stranger", likelihoods.STRANGERS[:4])


def payload(
    choices: list[Choice], request: ChatRequest, settings: Settings, *, prompt: int, name: str
) -> dict[str, Any]:
    """The body of a chat completion as JSON values; `prompt` is the tokens of the request, `name` its id."""
    written, thought = sum(c.tokens for c in choices), sum(len(c.reasoning) for c in choices)
    return {
        "id": f"fake-{name}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": settings.model_id,
        "system_fingerprint": FINGERPRINT,
        "choices": [_choice(number, c, request) for number, c in enumerate(choices)],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
            "completion_tokens_details": {"reasoning_tokens": thought},
        },
    }


def _choice(number: int, chosen: Choice, request: ChatRequest) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": chosen.text, "refusal": None}
    if chosen.reasoning:
        message["reasoning_content"] = "".join(chosen.reasoning).strip()
    content = [likelihoods.as_json(step, request.top_logprobs) for step in chosen.steps]
    return {
        "index": number,
        "message": message,
        "logprobs": {"content": content} if request.logprobs else None,
        "finish_reason": "length" if chosen.cut else "stop",
    }
