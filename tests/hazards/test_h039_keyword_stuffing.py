"""Hazard 39: a caption stuffed with keywords pleases the matcher at times, never the overall score.

What does not hold: a title said twice ("Candle Candle") can stand up to 0.6 higher than said once, and the matcher
alone rises for some lists. Both are counted in docs/figures/injection.md.
"""

from __future__ import annotations

from statistics import fmean

import pytest

from burnish.backends.builtin.backend import BuiltinBackend
from tests.injection import shifts

PAIRS = 24
MARGIN = 0.05
STUFFED = ("repeated 8 times", "repeated, with commas", "then wrong ones", "repeated, then wrong ones")


@pytest.fixture(scope="module")
def found() -> list[shifts.Shift]:
    return shifts.stuffed(BuiltinBackend({}), PAIRS)


@pytest.mark.parametrize("kind", [*STUFFED, "then words of its kind"])
def test_no_stuffed_caption_stands_above_the_plain_one(found: list[shifts.Shift], kind: str) -> None:
    scored = [shift.by for shift in found if shift.kind == kind and shift.by is not None]
    assert len(scored) > PAIRS / 2
    assert max(scored) <= MARGIN
    assert fmean(scored) < -1.0


@pytest.mark.parametrize("kind", STUFFED)
def test_no_stuffed_caption_becomes_good_by_it(found: list[shifts.Shift], kind: str) -> None:
    assert not [shift for shift in found if shift.kind == kind and shift.crosses]


def test_saying_it_twice_does_not_pay_on_average(found: list[shifts.Shift]) -> None:
    assert fmean(shift.by for shift in found if shift.kind == "repeated 2 times" and shift.by is not None) <= 0.0
