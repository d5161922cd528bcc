"""BLEU: pycocoevalcap 1.2's figures of the same words, and the closed cases."""

from __future__ import annotations

import math

import pytest

from burnish.evals.caption_metrics import load
from tests.evals.caption_metrics.sheets import sheet, values

METRIC = load("bleu")


def test_the_figures_are_pycocoevalcaps():
    found = values(METRIC, sheet())
    assert found["bleu_1"] == pytest.approx(0.7478916403843405, rel=1e-8)
    assert found["bleu_4"] == pytest.approx(0.4034987691101388, rel=1e-8)


def test_the_reference_itself_is_perfect_and_a_short_one_is_punished():
    text = "a red car and two dogs on grass"
    assert values(METRIC, sheet([text], [(text,)])) == {"bleu_1": 1, "bleu_4": 1}
    half = values(METRIC, sheet(["a red car and"], [(text,)]))
    assert half["bleu_1"] == pytest.approx(math.exp(1 - 8 / 4))


def test_a_word_said_again_gains_nothing_and_no_shared_run_is_nothing():
    assert values(METRIC, sheet(["the the the the"], [("the cat sat down",)]))["bleu_1"] == 0.25
    assert values(METRIC, sheet(["dog"], [("cat",)])) == {"bleu_1": 0, "bleu_4": 0}
