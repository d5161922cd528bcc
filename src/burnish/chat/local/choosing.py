"""Probabilities of given answers, read off the logits after a prompt; no token is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from burnish.chat import Chosen, spelled
from burnish.chat.local.rows import Feeder, Rows
from burnish.chat.spelled import Spelled, Spelling

if TYPE_CHECKING:
    from torch import Tensor


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
    """One `Chosen` a row; spellings of several tokens are followed by teacher forcing on copies of the row."""
    import torch

    first = torch.log_softmax(rows.logits.double(), dim=-1).cpu()
    followed = [spelled.worth_following(first[at], answers) for at, answers in enumerate(asked)]
    tables: list[dict[Spelling, Tensor]] = [{(): first[at]} for at in range(len(asked))]
    _follow(feeder, rows, followed, tables)
    return [spelled.chosen(table, answers) for table, answers in zip(tables, followed, strict=True)]


def _follow(feeder: Feeder, rows: Rows, asked: Sequence[Spelled], tables: Sequence[dict[Spelling, Tensor]]) -> None:
    """Put into each row's table the log probabilities of the next token after what has to be forced."""
    import torch

    heads: dict[Spelling, list[int]] = {}
    for at, answers in enumerate(asked):
        for head in spelled.heads(answers):
            heads.setdefault(head, []).append(at)
    for head, of_rows in heads.items():
        fed = feeder.feed(rows.pick(of_rows), [head] * len(of_rows))
        after = torch.log_softmax(fed.logits.double(), dim=-1).cpu()
        for i, at in enumerate(of_rows):
            tables[at][head] = after[i]
