"""A tiny model and samples for it, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import tiny_models
from tests.train.tuning import lines


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of AITQE's shape with random weights."""
    for name in ("torch", "transformers", "llguidance", "accelerate", "peft"):
        pytest.importorskip(name, reason="fine-tuning needs the extra [finetune]")
    folder = tmp_path_factory.mktemp("base")
    tiny_models.siglip_qwen2(folder)
    return folder


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight scenes to learn from and two others."""
    return lines.write(tmp_path_factory.mktemp("samples") / "made")
