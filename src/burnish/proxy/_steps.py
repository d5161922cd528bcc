"""What all proxies that torch trains have in common: which samples come when, and how they learn."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from burnish.errors import UsageError
from burnish.proxy import Epoch, Rows
from burnish.train.deterministic import torch_module


def numbered(epochs: Sequence[Epoch]) -> tuple[list[Epoch], dict[str, int]]:
    """The epochs that hold enough to train on, and a number for each of their different texts. Raises `UsageError`."""
    kept = [epoch for epoch in epochs if len(epoch.texts) > 1]
    if not kept:
        raise UsageError("there are fewer than 2 samples to train the proxy on.")
    return kept, {text: at for at, text in enumerate(dict.fromkeys(text for epoch in kept for text in epoch.texts))}


def batches(epochs: Sequence[Epoch], rows: Mapping[str, int], size: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """(picture rows, text rows) of batches without end: each epoch in an order of its own, what is left over at its end
    left out.
    """
    rng = np.random.default_rng(seed)
    for epoch in itertools.cycle(epochs):
        texts = np.array([rows[text] for text in epoch.texts], np.int64)
        order = rng.permutation(len(texts))
        step = min(size, len(order))
        for first in range(0, len(order) - step + 1, step):
            chosen = order[first : first + step]
            yield epoch.pictures[chosen], texts[chosen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a proxy learns: `steps` of `batch` samples; `rate` is AdamW's at its highest, `decay` its weight decay."""

    steps: int
    batch: int
    rate: float
    decay: float

    def run(self, model: Any, pairs: Iterator[tuple[Rows, Rows]], loss_of: Callable[[Rows, Rows], Any]) -> None:
        """Bring `model` down by the loss of as many of `pairs` as there are steps."""
        torch = torch_module()
        optimiser = torch.optim.AdamW(model.parameters(), lr=self.rate, weight_decay=self.decay, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, self.rate, total_steps=self.steps, pct_start=0.1)
        for pictures, texts in itertools.islice(pairs, self.steps):
            loss = loss_of(pictures, texts)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


def contrast(model: Any, pictures: Any, texts: Any) -> Any:
    """Symmetric InfoNCE of a model with `see`, `read` and `warmth`, the logarithm of the scale of its cosines."""
    torch = torch_module()
    scores = model.see(pictures) @ model.read(texts).T * model.warmth.exp().clamp(max=100.0)
    right = torch.arange(len(scores))
    cross = torch.nn.functional.cross_entropy
    return (cross(scores, right) + cross(scores.T, right)) / 2
