"""CLIPScore of cosines by hand."""

from __future__ import annotations

import pytest

from burnish.evals.caption_metrics import load
from tests.evals.caption_metrics.sheets import sheet, values


def test_cosines_by_hand():
    own = sheet(["a", "b"], [("a",), ("b",)])
    own.cosines, own.nearest = [0.4, -0.2], [1.0, 0.5]
    found = values(load("clip_score"), own)
    assert found["clip_score"] == pytest.approx((2.5 * 0.4 + 0) / 2)
    assert found["ref_clip_score"] == pytest.approx((2 * 1.0 * 1.0 / 2.0 + 0) / 2)


def test_without_towers_there_is_none():
    assert values(load("clip_score"), sheet()) == {}
