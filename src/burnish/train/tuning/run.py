"""A fine-tuning in its output folder: begun, gone on with after any stop, finished as an ordinary checkpoint.

OUT/                      config, tokenizer, processor, *.safetensors: any reader of checkpoints takes it
OUT/adapter/              the adapters alone, if only those were trained
OUT/.training/plan.json   what is trained on what, how
OUT/.training/checkpoint-N/   the loop's state after N steps: weights, optimizer, random numbers, position
OUT/.training/done.json   what came out; there when OUT is whole
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from burnish.errors import MissingExtra, PlanChanged, UsageError
from burnish.storage.files import put_whole
from burnish.storage.layout import new_run_id
from burnish.storage.opening import open_files
from burnish.train.tuning import base, samples
from burnish.train.tuning.settings import Settings

if TYPE_CHECKING:
    from burnish.train.tuning.learning import OnStep

NEEDED = ("torch", "transformers", "llguidance", "accelerate", "peft")
TOLD = 20
"""Lines of progress in all."""
KEPT_STATES = 2
PLAN = "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`samples` and `base` are folders (`base` may be a hub's id), `output` where the model comes to lie."""

    role: str
    samples: str
    output: Path
    base: str
    settings: Settings

    @property
    def state(self) -> Path:
        """Where what is needed to go on lies."""
        return self.output / ".training"


def run(job: Job, on_step: OnStep) -> dict[str, Any]:
    """Train, or go on, or do nothing if it is done; what came out.

    Raises `MissingExtra`, `PlanChanged` for another training in the same folder, `UsageError` for unusable input, and
    `StopError` for a training whose numbers run away: no model is written then.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise MissingExtra(f"burnish train {job.role}", "finetune")
    material = samples.read(job.samples, job.settings.tasks)
    plan = {"role": job.role, "base": base.identity(job.base), "samples": material.digest, **job.settings.what()}
    plan = json.loads(json.dumps(plan))
    _agree(job, plan)
    done = job.state / "done.json"
    if done.exists():
        return dict(json.loads(done.read_text("utf-8")))
    return _train(job, material, on_step, plan)


def _agree(job: Job, plan: dict[str, Any]) -> None:
    """Hold what is to be trained against what was."""
    path = job.state / PLAN
    if path.exists():
        was = json.loads(path.read_text("utf-8"))
        changed = sorted(key for key in {*plan, *was} if plan.get(key) != was.get(key))
        if changed:
            said = "; ".join(f"{key}: {was.get(key)!r} before, {plan.get(key)!r} now" for key in changed[:3])
            raise PlanChanged(f"{job.output} holds another training ({said}).\nGive another folder with -o.")
    elif job.output.exists() and any(job.output.iterdir()) and not job.state.exists():
        raise UsageError(f"{job.output} is not empty and holds no training.\nGive a new folder with -o.")


def _put(path: Path, told: dict[str, Any]) -> None:
    """Write `told` as a file that is there whole or not at all."""
    put_whole(open_files(path.parent), path.name, (json.dumps(told, indent=1) + "\n").encode(), new_run_id())


def _train(job: Job, material: samples.Material, on_step: OnStep, plan: dict[str, Any]) -> dict[str, Any]:
    from burnish.train.tuning import learning, weights

    tuner = _tuner(job, material, on_step)
    _put(job.state / PLAN, plan)  # only now: a base that cannot be loaded may be mended and tried again
    tuner.train(resume_from_checkpoint=_last(job.state))
    if not weights.finite(tuner.model):
        raise learning.not_a_number("some weights are no numbers after the last step")
    held = material.held_out.first(job.settings.held_out)
    loss = tuner.held_out_loss(held) if len(held) else None
    final = job.state / "final"
    tuner.save_model(str(final))
    tuner.accelerator.wait_for_everyone()
    learnt = [entry["loss"] for entry in tuner.state.log_history if "loss" in entry]
    found = {
        "steps": tuner.state.global_step,
        "samples": {"train": len(material.train), "held_out": len(held)},
        "weights": sum(weight.numel() for weight in tuner.model.parameters()),
        "learnt_weights": sum(weight.numel() for weight in tuner.model.parameters() if weight.requires_grad),
        "loss": {"first": learnt[0], "last": learnt[-1]} if learnt else {},
        "held_out_loss": None if loss is None else round(loss, 4),
    }
    if tuner.is_world_process_zero():
        weights.assemble(final, job.output, job.base, job.settings)
        shutil.rmtree(final)
        _put(job.state / "done.json", found)
    return found


def _tuner(job: Job, material: samples.Material, on_step: OnStep) -> Any:
    import torch
    import transformers

    from burnish.train.tuning import weights
    from burnish.train.tuning.batches import Batcher
    from burnish.train.tuning.learning import Telling, Tuner

    settings = job.settings
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.manual_seed(settings.seed)
    loaded = weights.base(job.base, settings)
    digits = weights.digits(loaded) if settings.scores == "expected" else []
    batcher = Batcher(loaded, side_px=settings.side_px, text_worth=settings.text_worth)
    tuner = Tuner(
        batcher,
        digits,
        model=weights.learning(loaded, settings),
        args=_arguments(job, len(material.train)),
        train_dataset=cast(Any, material.train),
        callbacks=[Telling(on_step)],
    )
    tuner.remove_callback(transformers.PrinterCallback)
    return tuner


def _arguments(job: Job, count: int) -> Any:
    import torch
    import transformers

    settings = job.settings
    gpu = settings.device == "auto" and torch.cuda.is_available()
    steps = settings.steps or max(int(settings.epochs * count / (settings.batch * settings.accumulate)), 1)
    given: dict[str, Any] = {
        "output_dir": str(job.state),
        "per_device_train_batch_size": settings.batch,
        "per_device_eval_batch_size": settings.batch,
        "gradient_accumulation_steps": settings.accumulate,
        "learning_rate": settings.peak,
        "lr_scheduler_type": settings.schedule,
        "weight_decay": settings.weight_decay,
        "seed": settings.seed,
        "data_seed": settings.seed,
        "use_cpu": not gpu,
        "bf16": gpu,
        "save_strategy": "steps",
        "save_steps": settings.save_every,
        "save_total_limit": KEPT_STATES,
        "logging_steps": max(steps // TOLD, 1),
        "dataloader_num_workers": settings.loaders,
        "dataloader_pin_memory": gpu,
        "remove_unused_columns": False,
        "label_names": ["targets"],
        "disable_tqdm": True,
        "report_to": "none",
        "warmup_steps": settings.warmup,  # below 1 it is a share
    }
    length: dict[str, Any] = {"max_steps": settings.steps} if settings.steps else {"num_train_epochs": settings.epochs}
    try:
        return transformers.TrainingArguments(**(given | length | settings.trainer))
    except (TypeError, ValueError, ImportError) as error:
        raise UsageError(f"the training library refuses these settings: {str(error)[:300]}") from error


def _last(folder: Path) -> str | None:
    """The newest state that was written to its end: its last file is there and whole."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.partition("-")[2]), reverse=True)
    for path in found:
        try:
            json.loads((path / "trainer_state.json").read_text("utf-8"))
        except (OSError, ValueError):  # torn: written over when the training comes there again
            continue
        return str(path)
    return None
