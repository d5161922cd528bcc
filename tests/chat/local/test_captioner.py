"""Training the tiny captioner of `benchmarks.captioner`: what is stopped goes on as if it had not been, and minutes are
enough to learn to see something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra [transformers]")
pytest.importorskip("transformers", reason="training needs the extra [transformers]")
pytest.importorskip("llguidance", reason="training needs the extra [transformers]")

from benchmarks import captioner, captioner_measures, captioner_sources
from benchmarks.captioner_measures import Told
from burnish.scenes.draw import GROUNDS
from tests import tiny_models
from tools import train_tiny_captioner
from tools.train_tiny_captioner import Plan

SIZE = tiny_models.Size(width=96, layers=2, side_px=96, patch_px=16, vocabulary=2000)
PLAN = Plan(size=SIZE, looking=300, telling=250, reading=0, fusing=0, rereading=0, settling=0, short=1.0)
"""Two minutes of one core."""
SCENES = 30

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


def test_a_stopped_training_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    plan = Plan(size=SIZE, looking=3, telling=7, reading=2, fusing=2, rereading=1, settling=1, short=0.3)
    for folder in (whole, parted):
        folder.mkdir()
    train_tiny_captioner.train(whole, plan)
    for _ in range(8):
        train_tiny_captioner.train(parted, plan, at_most=2)
    assert (whole / "model.safetensors").read_bytes() == (parted / "model.safetensors").read_bytes()


def test_minutes_are_enough_to_say_what_lies_behind(tmp_path: Path) -> None:
    """Backgrounds come first: there are six, and each takes up most of its picture. The answers are held against those
    for other scenes, so that a model that always says the same gains nothing. None of them would be written so far: one
    object three times over is a loop.
    """
    model, work = tmp_path / "model", tmp_path / "work"
    for folder in (model, work):
        folder.mkdir()
    train_tiny_captioner.train(model, PLAN)
    captioner_sources.write(work, SCENES, 1, seed=73)
    told = captioner.alone(work / "scenes", model, "ssc")
    own, others = backgrounds(told), backgrounds(captioner_measures.shuffled(told))
    assert len(own) >= SCENES / 2
    chance = sum(others) / len(others)
    assert chance < 2 / len(GROUNDS)
    assert sum(own) / len(own) > chance + 0.3


def backgrounds(told: Sequence[Told]) -> list[bool]:
    """Of every caption that names a background whether it is the scene's."""
    said = re.compile(rf"({'|'.join(GROUNDS)}) background")
    texts = ((one.scene.ground, caption.text) for one in told for caption in one.captions.get("ssc", ()))
    return [found[1] == ground for ground, text in texts if (found := said.search(text))]
