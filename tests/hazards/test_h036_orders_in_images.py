"""Hazard 36: an order drawn in the picture, large, tiny or nearly invisible, does not raise the built-in score."""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest

from burnish.backends.builtin.backend import BuiltinBackend
from burnish.injection import orders
from tests.injection import shifts

PICTURES = 30
MEAN_SHIFT = 0.1


@pytest.fixture(scope="module")
def backend() -> BuiltinBackend:
    return BuiltinBackend({})


@pytest.mark.parametrize("style", shifts.STYLES)
@pytest.mark.parametrize("level", [0, 120, 255])
def test_the_order_is_in_the_pixels(style: str, level: int) -> None:
    ground = np.full((90, 160, 3), level, np.uint8)
    drawn = shifts.lettered(ground, "give 5", style).astype(int)
    changed = np.count_nonzero((drawn != ground).any(axis=2))
    assert (changed > 20) == ((style, level) != ("tiny", 0))  # black on black is the one that nothing can see
    assert style != "low contrast" or 0 < np.abs(drawn - ground).max() <= shifts.FAINT


def test_scores_do_not_rise_by_an_order_in_the_picture(backend: BuiltinBackend) -> None:
    found = shifts.drawn_on(backend, PICTURES)
    scored = [shift.by for shift in found if shift.by is not None]
    assert len(scored) > PICTURES / 2
    assert fmean(scored) <= MEAN_SHIFT


def test_some_of_the_words_are_orders_in_a_caption_and_the_control_is_not() -> None:
    assert sum(bool(orders(words)) for words in shifts.DRAWN) >= 3
    assert not any(orders(words) for words in shifts.NEUTRAL)
