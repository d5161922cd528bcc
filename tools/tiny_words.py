"""What makes a tiny model look at its picture: losses on single words, beside those on answers.

From answers alone it learns to compare far more slowly (`python -m tools.train_tiny OUT --without-words` prints the
losses): one digit says next to nothing of which word was wrong. `naming` brings the projected patches close to the
words for what is shown, as contrastive pre-training does for a real SigLIP; `checking` asks at each such word of a
caption whether it is true of the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.scenes import COLOURS, GROUNDS, SHAPES, Scene

WORDS = (tuple(COLOURS), SHAPES, tuple(GROUNDS))
CHECKED = 2
"""Colours and shapes; a caption never gets the ground wrong."""


class Words:
    """The tokens of what scenes show, and one linear probe that is thrown away after training."""

    def __init__(self, tokenizer: Any, width: int) -> None:
        """Raises `ValueError` if a word is no token of its own."""
        self._ids = [
            torch.tensor([[single(tokenizer, lead + word) for word in words] for lead in ("", " ")]) for words in WORDS
        ]
        self.probe = torch.nn.Linear(width, 1)

    def naming(self, patches: Tensor, table: Tensor, scenes: Sequence[Scene]) -> Tensor:
        """`patches` is scenes x patches x width, `table` tokens x width. Of the colours, the shapes and the grounds the
        mean patch should be nearest to the right one, with and without a space before it.
        """
        seen = patches.mean(1)
        losses = [
            functional.cross_entropy(seen @ table[spelled].T, self._shown(kind, scenes))
            for kind, ids in enumerate(self._ids)
            for spelled in ids
        ]
        return torch.stack(losses).sum()

    def checking(self, hidden: Tensor, ids: Tensor, scenes: Sequence[Scene]) -> Tensor:
        """`hidden` is scenes x tokens x width, `ids` scenes x tokens."""
        true, named = torch.zeros_like(ids, dtype=torch.bool), torch.zeros_like(ids, dtype=torch.bool)
        for kind, of_kind in enumerate(self._ids[:CHECKED]):
            for spelled in of_kind:
                true |= ids == spelled[self._shown(kind, scenes)][:, None]
                named |= torch.isin(ids, spelled)
        return functional.binary_cross_entropy_with_logits(self.probe(hidden[named]).squeeze(-1), true[named].float())

    @staticmethod
    def _shown(kind: int, scenes: Sequence[Scene]) -> Tensor:
        return torch.tensor([WORDS[kind].index(one.shown[kind]) for one in scenes])


def single(tokenizer: Any, word: str) -> int:
    """The token that `word` is. Raises `ValueError` if it is several."""
    found = tokenizer(word, add_special_tokens=False)["input_ids"]
    if len(found) != 1:
        raise ValueError(f"{word!r} is {len(found)} tokens, not one: give its tokenizer more texts with it")
    return int(found[0])
