"""Torch as small trainings want it: the same seed gives the same weights on the same machine."""

from __future__ import annotations

from typing import Any

from burnish.errors import MissingExtra


def torch_module() -> Any:
    """Torch on one thread with deterministic kernels, or `MissingExtra`, which says what brings it."""
    try:
        import torch
    except ImportError as error:
        raise MissingExtra("training", "train") from error
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    return torch
