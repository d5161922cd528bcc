"""ROUGE-L: pycocoevalcap 1.2's figures of the same words, and the closed cases."""

from __future__ import annotations

import pytest

from burnish.evals.caption_metrics import load
from burnish.evals.caption_metrics.rouge_l import score
from tests.evals.caption_metrics.sheets import sheet, values


def test_the_figures_are_pycocoevalcaps():
    own = sheet()
    assert values(load("rouge_l"), own)["rouge_l"] == pytest.approx(0.6081518844181312)
    each = [score(said, references) for said, references in zip(own.said, own.references, strict=True)]
    assert each == pytest.approx([0.71764706, 1.0, 0.61928934, 0.7721519, 0.53982301, 0.0])


def test_order_counts_and_the_best_reference_does():
    assert score(("a", "b", "c"), (("c", "b", "a"),)) == pytest.approx(1 / 3)
    assert score(("a", "b"), (("x",), ("a", "b"))) == 1
    assert score((), (("a",),)) == 0
