"""What proxies from scratch see of a picture and read of a text."""

from __future__ import annotations

import numpy as np
import pytest

from burnish.proxy import _scratch


def test_a_picture_of_any_shape_lies_whole_in_the_middle() -> None:
    (wide,) = _scratch.look([np.full((20, 100, 3), 255, np.uint8)])
    square = wide.reshape(3, 64, 64)
    white = np.flatnonzero((square == 1).all(axis=(0, 2)))
    assert (white.min(), white.max()) == (25, 37)
    assert (square[:, :25] == 0).all()
    (tall,) = _scratch.look([np.zeros((64, 1, 3), np.uint8)])
    assert (tall.reshape(3, 64, 64)[:, :, 31] == -1).all()


def test_words_are_numbers_whatever_their_case_and_end_where_the_text_ends() -> None:
    one, other, none, long = _scratch.words(["A Cat.", "a cat .", "", "many " * 99])
    assert (one == other).all()
    assert (one > 0).sum() == 3
    assert not none.any()
    assert (long > 0).sum() == _scratch.MAX_WORDS
    assert one.max() < _scratch.BUCKETS


def test_only_columns_with_words_are_left() -> None:
    torch = pytest.importorskip("torch", reason="proxies are trained with the extra [train]")
    numbers = torch.from_numpy(_scratch.words(["a b c", "a"]))
    assert _scratch.trimmed(numbers).shape == (2, 3)
    assert _scratch.trimmed(numbers * 0).shape == (2, 1)
