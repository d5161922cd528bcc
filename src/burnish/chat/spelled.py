"""Answers as tokens, and their probabilities from the logarithms of a model's next tokens. Needs no model and no torch:
whatever computes the logits, the rule that reads them is this one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, SupportsFloat, TypeAlias

from burnish.chat import Chosen

Spelling: TypeAlias = tuple[int, ...]
"""Tokens that read as one answer."""
Spelled: TypeAlias = tuple[tuple[Spelling, ...], ...]
"""For each answer of one question all its spellings, none of which begins with another."""

NEGLIGIBLE = 1e-3
"""A longer spelling of an answer that is also one token (" 4" as two) is followed only if its first token is likelier:
else a second forward pass would be spent on at most this much probability, which is counted as outside instead.
"""


class Logs(Protocol):
    """Logarithms of the probabilities of every token, float64."""

    def __getitem__(self, token: int, /) -> SupportsFloat:
        """Of one token."""
        ...


def behind(encode: Callable[[str], Sequence[int]], text: str, after: str) -> list[int]:
    """`text` as tokens the way it is cut up where it follows `after`; `encode` adds none of its own."""
    head, whole = list(encode(after)), list(encode(after + text))
    return whole[len(head) :] if whole[: len(head)] == head else list(encode(text))


def worth_following(first: Logs, spelled: Spelled) -> Spelled:
    """Without the spellings that `NEGLIGIBLE` speaks of; `first` is the first token's."""
    floor = math.log(NEGLIGIBLE)
    return tuple(
        tuple(one for one in spellings if len(one) == 1 or min(map(len, spellings)) > 1 or float(first[one[0]]) > floor)
        for spellings in spelled
    )


def heads(spelled: Spelled) -> list[Spelling]:
    """After which tokens the next one's logarithms are needed, () apart; each once, in order."""
    return list(dict.fromkeys(one[:n] for spellings in spelled for one in spellings for n in range(1, len(one))))


def chosen(tables: Mapping[Spelling, Logs], spelled: Spelled) -> Chosen:
    """The answers' probabilities; `tables` has the logarithms after () and after each of `heads`.

    A spelling of one token has that token's probability, one of more the product along its tokens. An answer's
    spellings exclude each other, so their probabilities add up.
    """
    shares = tuple(min(math.fsum(_probability(tables, one) for one in spellings), 1.0) for spellings in spelled)
    return Chosen(shares=shares, outside=max(1.0 - math.fsum(shares), 0.0), how="logits")


def _probability(tables: Mapping[Spelling, Logs], one: Spelling) -> float:
    return math.exp(math.fsum(float(tables[one[:n]][one[n]]) for n in range(len(one))))
