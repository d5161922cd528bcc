"""Probabilities of given answers, read off the logits after a prompt; no token is written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from burnish.chat import Chosen
from burnish.chat.local.rows import Feeder, Rows

if TYPE_CHECKING:
    from torch import Tensor

Spelling: TypeAlias = tuple[int, ...]
"""Tokens that read as one answer."""
Spelled: TypeAlias = tuple[tuple[Spelling, ...], ...]
"""For each answer of one question all its spellings, none of which begins with another."""


NEGLIGIBLE = 1e-3
"""A longer spelling of an answer that is also one token (" 4" as two) is followed only if its first token is likelier:
else a second forward pass would be spent on at most this much probability, which is counted as outside instead.
"""


class Speller:
    """Finds the token sequences that read as an answer: with and without a space before it."""

    def __init__(self, tokenizer: Any) -> None:
        """Uses `tokenizer` as it is."""
        self._tokenizer = tokenizer
        self._known: dict[str, tuple[Spelling, ...]] = {}

    def spell(self, answers: Sequence[str]) -> Spelled:
        """The spellings of each of `answers`."""
        for answer in answers:
            if answer not in self._known:
                self._known[answer] = self._of(answer)
        return tuple(self._known[answer] for answer in answers)

    def _of(self, answer: str) -> tuple[Spelling, ...]:
        tokenizer = self._tokenizer
        found = {tuple(tokenizer(lead + answer, add_special_tokens=False)["input_ids"]) for lead in ("", " ")}
        alone = tokenizer.convert_tokens_to_ids(answer)
        if alone is not None and alone != tokenizer.unk_token_id:
            found.add((alone,))  # tokenizers that put a space before every text hide the token without one
        reading = {one for one in found if one and tokenizer.decode(list(one)).strip() == answer.strip()}
        return tuple(sorted(one for one in reading if not any(one[:n] in reading for n in range(1, len(one)))))


def choose(feeder: Feeder, rows: Rows, asked: Sequence[Spelled]) -> list[Chosen]:
    """One `Chosen` a row.

    A spelling of one token has that token's probability, one of more the product along its tokens (teacher forcing on
    copies of the row). An answer's spellings exclude each other, so their probabilities add up.
    """
    import torch

    first = torch.log_softmax(rows.logits.double(), dim=-1).cpu()
    followed = [_worth_following(first[at], spelled) for at, spelled in enumerate(asked)]
    tables = _tables(feeder, rows, followed) | {(at, ()): first[at] for at in range(len(asked))}
    chosen = []
    for at, spelled in enumerate(followed):
        shares = tuple(min(math.fsum(_probability(tables, at, one) for one in spellings), 1.0) for spellings in spelled)
        chosen.append(Chosen(shares=shares, outside=max(1.0 - math.fsum(shares), 0.0), how="logits"))
    return chosen


def _worth_following(first: Tensor, spelled: Spelled) -> Spelled:
    floor = math.log(NEGLIGIBLE)
    return tuple(
        tuple(one for one in spellings if len(one) == 1 or min(map(len, spellings)) > 1 or float(first[one[0]]) > floor)
        for spellings in spelled
    )


def _probability(tables: dict[tuple[int, Spelling], Tensor], at: int, one: Spelling) -> float:
    return math.exp(math.fsum(float(tables[at, one[:n]][one[n]]) for n in range(len(one))))


def _tables(feeder: Feeder, rows: Rows, asked: Sequence[Spelled]) -> dict[tuple[int, Spelling], Tensor]:
    """Log probabilities of the next token, by row and by what has been forced after the prompt."""
    import torch

    heads: dict[Spelling, dict[int, None]] = {}
    for at, spelled in enumerate(asked):
        for one in (one for spellings in spelled for one in spellings):
            for n in range(1, len(one)):
                heads.setdefault(one[:n], {})[at] = None
    tables: dict[tuple[int, Spelling], Tensor] = {}
    for head, of_rows in heads.items():
        fed = feeder.feed(rows.pick(list(of_rows)), [head] * len(of_rows))
        after = torch.log_softmax(fed.logits.double(), dim=-1).cpu()
        tables |= {(at, head): after[i] for i, at in enumerate(of_rows)}
    return tables
