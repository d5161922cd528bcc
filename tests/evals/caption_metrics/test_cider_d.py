"""CIDEr-D: pycocoevalcap 1.2's figures of the same words, and the closed cases."""

from __future__ import annotations

import pytest

from burnish.evals.caption_metrics import load
from burnish.evals.caption_metrics.cider_d import each
from tests.evals.caption_metrics.sheets import sheet, values


def test_the_figures_are_pycocoevalcaps():
    own = sheet()
    assert values(load("cider_d"), own)["cider_d"] == pytest.approx(2.0719806851974236)
    assert each(own.said, own.references) == pytest.approx(
        [5.25503243, 2.54477379, 1.15224916, 1.74786818, 1.73196055, 0.0]
    )


def test_the_reference_itself_has_all_ten_and_what_everybody_says_has_none():
    said = [("a", "red", "car", "stands"), ("two", "dogs", "run", "away")]
    assert each(said, [(one,) for one in said]) == pytest.approx([10, 10])
    same = [("a", "red", "car", "stands")] * 2
    assert each(same, [(one,) for one in same]) == [0, 0]


def test_repeating_a_rare_word_gains_nothing():
    references = [(("a", "heron", "by", "the", "lake"),), (("two", "dogs", "by", "the", "house"),)]
    once = each([("a", "heron", "by", "the", "lake"), ("x",)], references)[0]
    again = each([("heron", "heron", "heron", "heron", "heron"), ("x",)], references)[0]
    assert again < once / 4
