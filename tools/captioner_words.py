"""What makes a tiny captioner look: beside the losses on its captions, losses on what single patches show.

As in `tools.tiny_words`, projected patches are brought close to the words for what is shown, here each patch to the
words for the object that lies over it, by the boxes that scenes know. Real towers have learnt such things from hundreds
of millions of pictures; from captions alone one this small would take far longer than a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tools.captioner_scenes import NOTHING, PLACES, words
from tools.tiny_words import single


class PatchWords(nn.Module):
    """The tokens of what scenes show, and linear probes that are thrown away after training."""

    def __init__(self, tokenizer: Any, width: int) -> None:
        """Raises `ValueError` if a word is no token of its own."""
        super().__init__()
        self._ids = {
            kind: torch.tensor([single(tokenizer, word if kind == "writing" else f" {word}") for word in of_kind])
            for kind, of_kind in words().items()
        }
        self.probes = nn.ModuleDict({kind: nn.Linear(width, 3) for kind in PLACES})

    def logits(self, patches: Tensor, table: Tensor) -> dict[str, Tensor]:
        """`patches` is pictures x patches x width, `table` tokens x width; of each kind pictures x patches x words."""
        named = {kind: patches @ table[ids].T for kind, ids in self._ids.items()}
        return named | {kind: probe(patches) for kind, probe in self.probes.items()}

    def naming(self, patches: Tensor, table: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
        """The sum of the kinds' losses; `targets` are pictures x patches, by kind."""
        losses = [
            functional.cross_entropy(logits.flatten(0, 1), targets[kind].flatten(), ignore_index=NOTHING)
            for kind, logits in self.logits(patches, table).items()
            if (targets[kind] != NOTHING).any()
        ]
        return torch.stack(losses).sum()

    @torch.no_grad()
    def right(self, patches: Tensor, table: Tensor, targets: Mapping[str, Tensor]) -> dict[str, float]:
        """By kind the share of patches named right."""
        found = {}
        for kind, logits in self.logits(patches, table).items():
            asked = targets[kind] != NOTHING
            found[kind] = round(float((logits.argmax(-1) == targets[kind])[asked].float().mean()), 3)
        return found
