"""Operators on pictures whose figures are known, and what a model is told of them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from burnish import criteria, discovery, operators
from burnish.chat import render
from burnish.criteria import Criterion
from burnish.errors import UsageError
from burnish.values import AssessRequest, Picture
from tests.builders import picture


def shown(rgb: np.ndarray) -> Picture:
    return Picture(rgb=rgb, width=rgb.shape[1], height=rgb.shape[0], format="PNG", mode="RGB")


def squares(side: int = 128) -> Image.Image:
    rows, columns = np.indices((side, side)) // 16
    return Image.fromarray(np.where((rows + columns) % 2, 255, 0).astype(np.uint8)).convert("RGB")


def value(name: str, of: Picture, text: str = "") -> float:
    return operators.load(name).measure(of, text)


@pytest.mark.parametrize("name", discovery.names("operators"))
def test_every_operator_stays_within_its_scale_and_says_what_it_means(name):
    found = operators.load(name)
    dot = picture()
    tiny, flat = shown(np.zeros((1, 1, 3), np.uint8)), shown(np.full((40, 40, 3), 128, np.uint8))
    for each in (dot, tiny, flat, shown(np.asarray(squares()))):
        for text in ("", "a red car", "DSC_0417.JPG", "日本の車"):
            assert 0 <= found.measure(each, text) <= 1
    line = found.line(dot, "a red car")
    assert line.startswith(f"MEASURED by a program: {name} ")
    assert found.none in line
    assert found.full in line
    assert found.name == name


def test_blur_lowers_sharpness_step_by_step():
    blurred = [squares().filter(ImageFilter.GaussianBlur(radius)) if radius else squares() for radius in (0, 1, 2, 4)]
    found = [value("sharpness", shown(np.asarray(each))) for each in blurred]
    assert found == sorted(found, reverse=True)
    assert found[0] == 1
    assert found[-1] < 0.35
    assert value("sharpness", shown(np.full((64, 64, 3), 90, np.uint8))) == 0


def test_contrast_size_and_words():
    assert value("contrast", shown(np.asarray(squares()))) == 1
    assert value("contrast", shown(np.full((40, 40, 3), 128, np.uint8))) == 0
    large = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=4_000, height=256, format="JPEG", mode="RGB")
    assert value("size", large) == pytest.approx(0.5)
    assert value("words", picture(), "a red car, two dogs") == pytest.approx(13 / 15)
    assert value("words", picture(), "$12.99 - #4") == 0


BLURRY = Criterion(
    name="blurry",
    question="Is it sharp?",
    anchors=("a", "b", "c", "d", "e"),
    source="test",
    measured=("sharpness", "words"),
)


def test_figures_stand_before_the_question_and_not_of_a_picture_that_is_withheld(monkeypatch):
    monkeypatch.setattr(criteria, "load", lambda _name: BLURRY)
    asked = AssessRequest(picture=shown(np.asarray(squares())), text="a red car", criterion="blurry")
    *context, question = render.choose(asked).prompt.user
    assert question.startswith("MEASURED by a program: sharpness 1.00")
    assert "MEASURED by a program: words" in question
    assert not any("MEASURED" in part for part in context if isinstance(part, str))  # the shared prefix stays shared
    blind = AssessRequest(picture=asked.picture, text="a red car", criterion="blurry", blind=True)
    told = render.choose(blind).prompt.user[-1]
    assert "sharpness" not in told
    assert "MEASURED by a program: words" in told


def test_unknown_operators_are_named():
    with pytest.raises(UsageError, match="Choose from: contrast, sharpness, size, words"):
        operators.load("smell")
