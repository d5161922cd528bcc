"""The oracle as a teacher: what it makes worse is worse by the truth."""

import random

import pytest

from burnish.chat.worsen import FAULTS
from burnish.claims import Verdict
from burnish.claims.rules import split
from burnish.scenes import broken, captions, compose, worsening
from burnish.scenes.checker import TruthChecker

SCENES = [compose.scene(7, number, 0.0) for number in range(50)]


def refuted(scene, text):
    return [claim for claim, verdict in zip(split(text), TruthChecker(scene)(split(text)), strict=True)
            if verdict is Verdict.REFUTED]  # fmt: skip


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_what_comes_is_worse(fault):
    for scene in SCENES:
        text = captions.dsc(scene)
        assert not refuted(scene, text)
        made = worsening.worsened(scene, text, fault, random.Random(scene.number))
        assert made != text
        assert refuted(scene, made) or broken.how(scene, made), made


def test_a_text_that_claims_nothing_stays():
    assert worsening.worsened(SCENES[0], "Hello", "object", random.Random(0)) == "Hello"
    assert worsening.worsened(SCENES[0], "Hi", "language", random.Random(0)) == "Hi"


def test_what_is_harmless_is_true():
    for scene in SCENES:
        assert not refuted(scene, worsening.harmless(scene, captions.dsc(scene)))
