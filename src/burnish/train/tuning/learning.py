"""The loss on answers, and the library's training loop with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import transformers
from torch import Tensor
from torch.nn import functional

from burnish.errors import StopError
from burnish.train.tuning.batches import NO_SCORE, Batcher

OnStep = Callable[[int, int, float], None]
"""Steps done, of how many, and the mean loss since it was last called."""


def answer_losses(logits: Tensor, batch: Mapping[str, Tensor], digits: Sequence[Tensor]) -> Tensor:
    """The rows' losses, each times its worth: their sum over the sum of all worth is the loss.

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
    return by_row


def _expected(logits: Tensor, score: Tensor, digits: Sequence[Tensor]) -> Tensor:
    said = torch.log_softmax(logits, dim=-1)
    marks = torch.stack([said[:, ids].logsumexp(-1) for ids in digits], dim=-1)
    inside = marks.logsumexp(-1)
    scale = torch.arange(1, len(digits) + 1, device=logits.device, dtype=marks.dtype)
    expected = ((marks - inside[:, None]).exp() * scale).sum(-1)
    return (expected - score) ** 2 - inside


class Tuner(transformers.Trainer):
    """The library's loop (order, accumulation, precision, devices, states) over batches of ours.

    An update's loss is the mean by worth over all its samples, however they fall into batches and onto devices.
    """

    loss_is_scaled_for_ga = True

    def __init__(self, batcher: Batcher, digits: Sequence[Tensor], **given: Any) -> None:
        """`digits` as for `answer_losses`; the rest is the library's."""
        super().__init__(data_collator=batcher, **given)
        self.model_accepts_loss_kwargs = False
        self._digits = digits
        self._measured: list[tuple[Tensor, Tensor]] = []

    def get_batch_samples(self, epoch_iterator: Any, num_batches: int, device: torch.device) -> tuple[list[Any], Any]:
        """The batches of one update, and the worth of a device's share of it: of all devices', divided among them,
        because the library takes the mean of their gradients.
        """
        batches, _ = super().get_batch_samples(epoch_iterator, num_batches, device)
        worth = sum(batch["worth"].sum() for batch in batches)
        if isinstance(worth, Tensor) and self.args.world_size > 1:
            worth = self.accelerator.gather(worth.to(device)).sum() / self.accelerator.num_processes
        return batches, worth if batches else None

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        num_items_in_batch: Any = None,
    ) -> Any:
        """A batch's part of the loss of an update whose worth is `num_items_in_batch`; its own loss if that is None."""
        losses, worth, done = self._asked(model, inputs)
        loss = losses.sum() / (worth if num_items_in_batch is None else num_items_in_batch.to(losses.device))
        return (loss, done) if return_outputs else loss

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> Tensor:
        """As the library's. Raises `StopError` for a loss that is no number, before any weight has changed by it."""
        loss: Tensor = super().training_step(model, inputs, num_items_in_batch)
        if not torch.isfinite(loss):
            raise not_a_number(f"the loss of step {self.state.global_step + 1} is {float(loss)}")
        return loss

    def held_out_loss(self, samples: Any) -> float:
        """The mean by worth over all `samples`, however they fall into batches. Raises as `training_step`."""
        self._measured = []
        self.evaluate(samples)
        losses, worth = (torch.cat(parts).double().sum() for parts in zip(*self._measured, strict=True))
        found = float(losses / worth)
        if not math.isfinite(found):
            raise not_a_number(f"the loss on samples it did not learn from is {found}")
        return found

    def prediction_step(self, model: Any, inputs: dict[str, Any], *_: Any, **__: Any) -> tuple[None, None, None]:
        """Notes the rows' losses and worth: the library would weigh batches, not samples."""
        with torch.no_grad(), self.compute_loss_context_manager():
            inputs = self._prepare_inputs(inputs)
            each = inputs["worth"].sum(-1)
            losses = self._asked(model, inputs)[0]
        self._measured.append(self.accelerator.gather_for_metrics((losses.detach(), each)))
        return None, None, None

    def _asked(self, model: Any, inputs: dict[str, Any]) -> tuple[Tensor, Tensor, Any]:
        """The rows' losses, their worth in all, and what the model gave.

        Only the logits before the answers are computed: of a large vocabulary all would fill the memory.
        """
        ours = {name: inputs.pop(name) for name in ("targets", "worth", "score")}
        kept = ours["targets"].shape[1] + 1
        done = model(**inputs, use_cache=False, logits_to_keep=kept)
        digits = [ids.to(done.logits.device) for ids in self._digits]
        return answer_losses(done.logits[:, -kept:-1], ours, digits), ours["worth"].sum(), done

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


def not_a_number(what: str) -> StopError:
    """What is said of a training whose numbers have run away; no weights are written of it."""
    return StopError(
        f"{what}: the training has run away, and no model is written.\n"
        "Begin again in a new folder with a lower rate, or a longer warmup: --set rate=... --set warmup=..."
    )


class Telling(transformers.TrainerCallback):
    """Tells `on_step` about each line of the loop's log that has a loss."""

    def __init__(self, on_step: OnStep) -> None:
        self._on_step = on_step

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:  # noqa: ARG002
        """Called by the loop."""
        if state.is_world_process_zero and logs and "loss" in logs:
            self._on_step(state.global_step, state.max_steps, float(logs["loss"]))
