"""Judges in ONNX, exported once a process from tiny models."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests import tiny_models

NEEDED = ("torch", "transformers", "llguidance", "onnx", "onnxscript")


def require() -> None:
    """Leave the test out where nothing can be exported."""
    for name in NEEDED:
        pytest.importorskip(name, reason="exporting needs the extra [finetune]")


def exported(model: Path, judge: Path) -> Path:
    """`judge`, made of the checkpoint `model`."""
    from burnish.train.onnx.export import export

    export(str(model), judge, 768)
    return judge


@cache
def random_one() -> tempfile.TemporaryDirectory[str]:
    """A folder with a judge of random weights in ``judge`` and the checkpoint it came from in ``model``."""
    require()
    folder = tempfile.TemporaryDirectory()
    place = Path(folder.name)
    (place / "model").mkdir()
    tiny_models.siglip_qwen2(place / "model")
    exported(place / "model", place / "judge")
    return folder
