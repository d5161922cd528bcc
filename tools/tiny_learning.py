"""What training any of the tiny models takes: rows of tokens side by side, the loss of lessons that follow a shared
beginning, and steps down a gradient.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tools.tiny_lessons import Lesson


class Learner:
    """AdamW with a short rise to `peak` and half a cosine down to nothing over `steps`."""

    def __init__(self, parameters: Iterable[torch.nn.Parameter], steps: int, peak: float) -> None:
        self._parameters, self._steps, self._peak, self._done = list(parameters), steps, peak, 0
        self._optimizer = torch.optim.AdamW(self._parameters, lr=peak, weight_decay=0.01, betas=(0.9, 0.98))

    def learn(self, loss: Tensor) -> None:
        """One step down the gradient of `loss`."""
        rate = self._peak * min(1.0, (self._done + 1) / 50) * 0.5 * (1 + math.cos(math.pi * self._done / self._steps))
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self._done += 1

    def state(self) -> dict[str, Any]:
        """What `restore` takes."""
        return {"done": self._done, "optimizer": self._optimizer.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where another learner of the same parameters was."""
        self._done = state["done"]
        self._optimizer.load_state_dict(state["optimizer"])


def answered(model: Any, cache: Any, mask: Tensor, lessons: Sequence[Lesson]) -> Tensor:
    """The sum of the lessons' losses, each row following its pair's row of `cache`, which stays as it is."""
    pairs = torch.tensor([lesson.pair for lesson in lessons])
    own = copy.copy(cache)
    own.layers = [copy.copy(layer) for layer in cache.layers]
    own.batch_select_indices(pairs)
    ids, fresh = aligned([lesson.tokens for lesson in lessons])
    worth, _ = aligned([lesson.worth for lesson in lessons])
    whole = torch.cat([mask[pairs], fresh], dim=1)
    hidden = model.model(
        input_ids=ids,
        attention_mask=whole,
        position_ids=(whole.cumsum(-1) - 1).clamp(min=0)[:, mask.shape[1] :],
        past_key_values=own,
        use_cache=True,
    ).last_hidden_state
    learnt = worth[:, 1:] > 0
    logits = model.lm_head(hidden[:, :-1][learnt])
    each = functional.cross_entropy(logits, ids[:, 1:][learnt], reduction="none")
    return (each * worth[:, 1:][learnt]).sum()


def alone(model: Any, lessons: Sequence[Lesson]) -> Tensor:
    """The sum of the losses of lessons that follow nothing."""
    ids, mask = aligned([lesson.tokens for lesson in lessons])
    worth, _ = aligned([lesson.worth for lesson in lessons])
    places = (mask.cumsum(-1) - 1).clamp(min=0)
    hidden = model.model(input_ids=ids, attention_mask=mask, position_ids=places).last_hidden_state
    learnt = worth[:, 1:] > 0
    each = functional.cross_entropy(model.lm_head(hidden[:, :-1][learnt]), ids[:, 1:][learnt], reduction="none")
    return (each * worth[:, 1:][learnt]).sum()


def stacked(patches: Any, pictures: int) -> Tensor:
    """Pictures x patches x width, from what a model gives for one picture after the other."""
    together = patches if isinstance(patches, Tensor) else torch.cat(list(patches))
    return together.reshape(pictures, -1, together.shape[-1])


def aligned(rows: Sequence[Sequence[float]]) -> tuple[Tensor, Tensor]:
    """The rows right-aligned over zeros, and a mask of what is theirs."""
    width = max(map(len, rows))
    filled = torch.tensor([[0] * (width - len(row)) + list(row) for row in rows])
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
    return filled, mask


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums in one order, whatever the machine: the same seed gives the same weights."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
