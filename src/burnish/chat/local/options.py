"""What can be set for a local model, from plain strings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from burnish.errors import UsageError

DTYPES = ("auto", "bf16", "fp16", "fp32")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0", "")


def _how(default: object) -> Any:
    return field(default=default, metadata={"how": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`model` is a folder or an id of a hub, `revision` a commit of it. `dtype` "auto" is bf16 on a GPU, else fp32;
    `device` "auto" is the first GPU, else the CPU. `side_px` is the longest picture side the model is given.

    `batch_tokens` bounds rows times tokens of one forward pass. `exact`: every row is computed alone, so that an answer
    does not depend on what else is asked; "auto" is yes on a CPU, where rows together gain little. Code that comes
    with a checkpoint runs only with `trust_remote_code`, weights are read from safetensors only.

    What is marked as how is not in the plan's fingerprint by itself: the model's identity has the kind of device, and
    `batch_tokens` unless every row is computed alone.
    """

    model: str
    revision: str = ""
    dtype: str = "auto"
    device: str = _how("auto")
    side_px: int = 768
    batch_tokens: int = _how(16_384)
    exact: str = "auto"
    trust_remote_code: bool = False


def parse(given: Mapping[str, str]) -> Options:
    """Options from strings. Raises `UsageError` that names the option and what it may be."""
    known = [field.name for field in fields(Options)]
    unknown = set(given) - set(known)
    if unknown:
        raise UsageError(f"backend transformers has no option {min(unknown)!r}. Options: {', '.join(known)}")
    if not given.get("model"):
        raise UsageError(
            "backend transformers needs a model: a folder or an id.\n"
            "Example: --backend transformers --set backend_options.model=Qwen/Qwen2.5-VL-7B-Instruct"
        )
    return Options(
        model=given["model"],
        revision=given.get("revision", ""),
        dtype=_one_of("dtype", given.get("dtype", "auto"), DTYPES),
        device=given.get("device", "auto"),
        side_px=_number("side_px", given.get("side_px", "768"), 32, 4096),
        batch_tokens=_number("batch_tokens", given.get("batch_tokens", "16384"), 1, 2**24),
        exact=_one_of("exact", given.get("exact", "auto"), ("auto", "yes", "no")),
        trust_remote_code=_flag("trust_remote_code", given.get("trust_remote_code", "no")),
    )


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise UsageError(f"option {name}={value!r} of backend transformers. Choose from: {', '.join(choices)}")
    return value


def _number(name: str, value: str, low: int, high: int) -> int:
    if not value.isdecimal() or not low <= int(value) <= high:
        raise UsageError(f"option {name}={value!r} of backend transformers must be a number from {low} to {high}")
    return int(value)


def _flag(name: str, value: str) -> bool:
    if value.lower() not in (*_YES, *_NO):
        raise UsageError(f"option {name}={value!r} of backend transformers must be yes or no")
    return value.lower() in _YES
