"""The loss on answers, and the library's training loop with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import transformers
from torch import Tensor
from torch.nn import functional

from burnish.train.tuning.batches import NO_SCORE, Batcher

OnStep = Callable[[int, int, float], None]
"""Steps done, of how many, and the mean loss since it was last called."""


def answer_loss(logits: Tensor, batch: Mapping[str, Tensor], digits: Sequence[Tensor]) -> Tensor:
    """The mean of the rows' losses by their worth.

    `logits` are rows x tokens x vocabulary, before each of the batch's ``targets``. A row's loss is the mean cross
    entropy of its learnt tokens. With `digits` (for each mark of the scale, from 1, the tokens that spell it) a row
    with a score has another: (expectation of the mark - score)^2 - log(probability of any mark), at its first token.
    """
    targets, worth, score = batch["targets"], batch["worth"], batch["score"]
    each = functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), reduction="none")
    by_row = (each.view_as(worth) * worth).sum(-1)
    if digits:
        scored = score > NO_SCORE
        first = (worth > 0).int().argmax(-1)
        at_first = logits[torch.arange(len(logits), device=logits.device), first].float()
        by_row = torch.where(scored, _expected(at_first, score, digits) * worth.sum(-1), by_row)
    return by_row.sum() / worth.sum()


def _expected(logits: Tensor, score: Tensor, digits: Sequence[Tensor]) -> Tensor:
    said = torch.log_softmax(logits, dim=-1)
    marks = torch.stack([said[:, ids].logsumexp(-1) for ids in digits], dim=-1)
    inside = marks.logsumexp(-1)
    scale = torch.arange(1, len(digits) + 1, device=logits.device, dtype=marks.dtype)
    expected = ((marks - inside[:, None]).exp() * scale).sum(-1)
    return (expected - score) ** 2 - inside


class Tuner(transformers.Trainer):
    """The library's loop (order, accumulation, precision, devices, states) over batches of ours."""

    loss_is_scaled_for_ga = False

    def __init__(self, batcher: Batcher, digits: Sequence[Tensor], **given: Any) -> None:
        """`digits` as for `answer_loss`; the rest is the library's."""
        super().__init__(data_collator=batcher, **given)
        self.model_accepts_loss_kwargs = False
        self._digits = digits

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        num_items_in_batch: Any = None,  # noqa: ARG002
    ) -> Any:
        """Only the logits before the answers are computed: of a large vocabulary all would fill the memory."""
        ours = {name: inputs.pop(name) for name in ("targets", "worth", "score")}
        kept = ours["targets"].shape[1] + 1
        done = model(**inputs, use_cache=False, logits_to_keep=kept)
        digits = [ids.to(done.logits.device) for ids in self._digits]
        loss = answer_loss(done.logits[:, -kept:-1], ours, digits)
        return (loss, done) if return_outputs else loss

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """The library (5.23) writes a state's weights under the names of their file format and reads them back under
        the model's own. Where the two differ (LLaVA's classes) it warns and goes on from the base's weights, so whole
        models are read here by what made the names. Shards and adapters are the library's.
        """
        into = self.model if model is None else model
        if not isinstance(into, transformers.PreTrainedModel) or self.is_fsdp_enabled or self.is_deepspeed_enabled:
            super()._load_from_checkpoint(resume_from_checkpoint, model)
            return
        saved = type(into).from_pretrained(resume_from_checkpoint, dtype=into.dtype, use_safetensors=True)
        into.load_state_dict(saved.state_dict())


class Telling(transformers.TrainerCallback):
    """Tells `on_step` about each line of the loop's log that has a loss."""

    def __init__(self, on_step: OnStep) -> None:
        self._on_step = on_step

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:  # noqa: ARG002
        """Called by the loop."""
        if state.is_world_process_zero and logs and "loss" in logs:
            self._on_step(state.global_step, state.max_steps, float(logs["loss"]))
