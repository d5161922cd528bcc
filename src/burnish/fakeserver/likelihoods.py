"""Token by token, how likely each one and its rivals were: from probabilities of whole answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

END = "<|end|>"
"""What stands for the end of the answer among the rivals of a next token."""

STRANGERS = (
    *("The", "I", "This", "It", " ", "Answer", "**", "A", "Score", "Based", "\n", "In", "Rating", "Sure", '"'),
    *("To", "{", "For", "Yes", "As", "Let", "Okay", "Here", "We"),
)
"""First tokens of answers that are none; they share the mass outside, each half of what is left."""

_SURE = 0.98  # probability of a token of free text
_FLOOR = 1e-12  # a log-probability must be finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One token and what was likely in its place (token -> probability, summing to at most 1, itself included)."""

    token: str
    likely: Mapping[str, float] = field(default_factory=dict)

    @property
    def probability(self) -> float:
        """Of the token that was taken."""
        return self.likely.get(self.token, _FLOOR)


def free(tokens: Sequence[str]) -> list[Step]:
    """Steps of a text nobody gave probabilities for: each token nearly sure."""
    return [Step(token=token, likely=_with_strangers({token: _SURE}, 1 - _SURE)) for token in tokens]


def among(answers: Mapping[tuple[str, ...], float], taken: tuple[str, ...]) -> list[Step]:
    """Steps of the answer `taken` out of `answers` (tokens -> probability; what lacks to 1 lies outside).

    A token's probability is that of all answers that go on with it, given what was written before.
    """
    steps = []
    for place, token in enumerate(taken):
        before = taken[:place]
        going_on = {tokens: p for tokens, p in answers.items() if tokens[:place] == before}
        mass = math.fsum(going_on.values()) if place else 1.0
        likely: dict[str, float] = {}
        for tokens, p in going_on.items():
            following = tokens[place] if place < len(tokens) else END
            likely[following] = likely.get(following, 0.0) + p / max(mass, _FLOOR)
        outside = 0.0 if place else max(0.0, 1.0 - math.fsum(likely.values()))
        steps.append(Step(token=token, likely=_with_strangers(likely, outside)))
    return steps


def _with_strangers(likely: dict[str, float], outside: float) -> dict[str, float]:
    for stranger in STRANGERS:
        if stranger not in likely:
            outside /= 2
            likely[stranger] = outside
    return likely


def as_json(step: Step, top: int) -> dict[str, object]:
    """The entry of ``logprobs.content`` with the `top` likeliest tokens."""
    ranked = sorted(step.likely.items(), key=lambda entry: -entry[1])[:top]
    return {**_entry(step.token, step.probability), "top_logprobs": [_entry(token, p) for token, p in ranked]}


@lru_cache(maxsize=4_096)
def _entry(token: str, probability: float) -> dict[str, object]:
    """Remembered, because the strangers' are always the same; nobody changes it."""
    return {
        "token": token,
        "logprob": min(0.0, math.log(max(probability, _FLOOR))),
        "bytes": list(token.encode("utf-8", "surrogatepass")),
    }
