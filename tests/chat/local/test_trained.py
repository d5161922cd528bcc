"""A tiny model trained on generated scenes: the whole way from prompt to score makes sense, not only shapes."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra [transformers]")
pytest.importorskip("transformers", reason="training needs the extra [transformers]")
pytest.importorskip("llguidance", reason="training needs the extra [transformers]")

from benchmarks import tiny_measures
from tools import train_tiny

from burnish.chat.local.model import LocalModel
from burnish.chat.local.options import Options

SCENES = 200

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float | int]:
    """Measured on scenes that training never saw."""
    folder: Path = tmp_path_factory.mktemp("trained")
    train_tiny.train(folder, seed=0)
    model = LocalModel(Options(model=str(folder), device="cpu"))
    return tiny_measures.measured(model, SCENES, seed=4)


def test_every_question_is_answered(found: dict[str, float | int]) -> None:
    assert [found[f"{name}_failed"] for name in ("overall", "image_text_matching", "object_detail")] == [0, 0, 0]


def test_choosing_tells_good_captions_from_bad(found: dict[str, float | int]) -> None:
    """Chance is 0.5. A wrong colour cannot be told from the text alone; objects are not told apart by this model."""
    assert found["overall_auc"] > 0.75
    assert found["overall_auc_wrong_colour"] > 0.9
    assert found["object_detail_auc_wrong_colour"] > 0.9
    assert found["image_text_matching_auc_file_name"] > 0.95


def test_writing_names_what_the_picture_shows(found: dict[str, float | int]) -> None:
    """Chance is one in six for each: a file name says nothing about its picture."""
    assert found["colour_right"] > 0.6
    assert found["object_right"] > 0.4
