"""What a fine-tuning does, as plain data; every default stands here and nowhere else."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeAlias

from burnish.errors import UsageError

Task: TypeAlias = Literal["assess", "rewrite", "joint"]

ROLES: dict[str, tuple[Task, ...]] = {"judge": ("assess",), "enhancer": ("assess", "rewrite", "joint")}
"""The tasks that each role learns if none are named."""
FULL_RATE, LORA_RATE = 1e-5, 2e-4
"""Usual peaks for a large model, of all its weights and of adapters."""


def _how(default: object, low: float, high: float = math.inf) -> Any:
    return field(default=default, metadata={"how": True, "within": (low, high)})


def _within(default: float, low: float, high: float = math.inf) -> Any:
    return field(default=default, metadata={"within": (low, high)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`tasks`: which samples are learnt. `steps`: updates; 0: as many as `epochs` passes over the samples take.
    `batch`: samples on one device at once, `accumulate` such batches an update.

    `rate`: highest learning rate, reached after the share `warmup` of the steps and then lowered along `schedule` (any
    name the library knows); 0 is the usual one (`FULL_RATE`, `LORA_RATE`). `lora`: the adapters' rank, 0 trains all
    weights; `lora_alpha` 0 is twice the rank. `tower`: the image tower learns too.

    `scores`: "digits" learns the digit of a score as text is learnt; "expected" brings the expectation over the digits,
    which is what is read at run time, to the sample's exact score (squared error), as UniFilter's regression does, and
    keeps the probability on the digits. `text_worth`: of a text of any length, against 1 for a score; they are weighed
    within an update, so of updates of one sample each counts as much.

    `side_px`: the picture's longest side, as in the backend's option. `dtype`: of the weights; "auto" is bf16 for LoRA
    on a GPU and fp32 otherwise, where a GPU still computes in bf16. `device`: "auto" is a GPU if there is one.

    `save_every` steps the state is kept, `held_out` samples not learnt from are measured at the end and `loaders`
    processes read images; none of them changes what is learnt. `trainer`: any argument of the library's
    `TrainingArguments`, laid over all this (`fsdp`, `deepspeed`, `gradient_checkpointing`, ...).
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    tasks: tuple[Task, ...] = ()
    steps: int = _within(0, 0)
    epochs: float = _within(1.0, 0)
    batch: int = _within(8, 1)
    accumulate: int = _within(1, 1)
    rate: float = _within(0.0, 0, 1)
    warmup: float = _within(0.03, 0, 0.99)
    schedule: str = "cosine"
    weight_decay: float = _within(0.0, 0, 1)
    seed: int = _within(0, 0, 2**31)
    lora: int = _within(0, 0, 4096)
    lora_alpha: int = _within(0, 0)
    tower: bool = False
    scores: Literal["digits", "expected"] = "digits"
    text_worth: float = _within(4.0, 1e-3, 1e3)
    side_px: int = _within(768, 32, 4096)
    dtype: Literal["auto", "bf16", "fp32"] = "auto"
    device: Literal["auto", "cpu"] = "auto"
    save_every: int = _how(200, 1)
    held_out: int = _how(200, 0)
    loaders: int = _how(0, 0)
    trainer: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in dataclasses.fields(self):
            low, high = entry.metadata.get("within", (-math.inf, math.inf))
            value = getattr(self, entry.name)
            if "within" in entry.metadata and not low <= value <= high:
                raise UsageError(f"{entry.name} must be {low} to {high}, not {value!r}.")
        if not self.steps and not self.epochs:
            raise UsageError("nothing to learn: steps and epochs are both 0.")

    @property
    def peak(self) -> float:
        """The highest learning rate."""
        return self.rate or (LORA_RATE if self.lora else FULL_RATE)

    def what(self) -> dict[str, Any]:
        """Everything that can change the weights."""
        how = {entry.name for entry in dataclasses.fields(self) if entry.metadata.get("how")}
        return {name: value for name, value in dataclasses.asdict(self).items() if name not in how}


def build(role: str, *layers: Mapping[str, Any]) -> Settings:
    """Settings from layers of keys, later ones win. Raises `UsageError` that names a wrong key or value."""
    from pydantic import TypeAdapter, ValidationError

    merged: dict[str, Any] = {"tasks": ROLES[role], "trainer": {}}
    for layer in layers:
        more = layer.get("trainer", {})
        merged |= {**layer, "trainer": {**merged["trainer"], **more} if isinstance(more, Mapping) else more}
    if isinstance(merged["tasks"], str):
        merged["tasks"] = [name.strip() for name in merged["tasks"].split(",")]
    try:
        return TypeAdapter(Settings).validate_python(merged)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        known = ", ".join(entry.name for entry in dataclasses.fields(Settings))
        raise UsageError(f"setting {name!r} = {first['input']!r}: {first['msg']}.\nSettings: {known}") from error
