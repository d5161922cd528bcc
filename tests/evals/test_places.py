"""Hits among the first k: by hand, by drawing orders, and at chance where a model knows nothing."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.evals.places import chance, drawn, hits, ranked


def test_without_ties_a_row_counts_or_not():
    scores = np.array([[0.9, 0.5, 0.1], [0.1, 0.5, 0.9]])
    assert hits(scores, [[0], [0]], (1, 2, 3)).tolist() == [[1, 1, 1], [0, 0, 1]]


def test_of_several_right_ones_the_best_counts_once():
    scores = np.array([[0.1, 0.9, 0.8, 0.2]])
    assert hits(scores, [[0, 2]], (1, 2)).tolist() == [[0, 1]]
    assert hits(scores, [[1, 2]], (1, 2)).tolist() == [[1, 1]]


@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=6),
    st.integers(1, 6),
    st.data(),
)
def test_ties_count_as_any_order_would_have_it(row, cut, data):
    right = sorted(data.draw(st.sets(st.integers(0, len(row) - 1), min_size=1)))
    lots = random.Random(0)
    taken = 0
    draws = 400
    for _ in range(draws):
        order = sorted(range(len(row)), key=lambda at: (-row[at], lots.random()))
        taken += any(at in right for at in order[:cut])
    assert hits(np.array([row], np.float64), [right], (cut,))[0, 0] == pytest.approx(taken / draws, abs=0.12)


def test_a_model_that_says_the_same_of_everything_is_at_chance():
    right = [[0, 3], [1], [2, 4, 5]]
    same = hits(np.zeros((3, 8)), right, (1, 5))
    assert same.mean(axis=0).tolist() == pytest.approx([chance(8, right, 1), chance(8, right, 5)])
    assert drawn(8, 2, 1) == pytest.approx(0.25)
    assert drawn(8, 2, 8) == 1


def test_rows_are_worked_on_in_parts_and_come_out_the_same():
    lots = np.random.default_rng(1)
    rows, columns = lots.normal(size=(600, 4)).astype(np.float32), lots.normal(size=(50, 4)).astype(np.float32)
    right = [[at % 50] for at in range(600)]
    assert (ranked(rows, columns, right, (1, 5)) == hits(rows @ columns.T, right, (1, 5))).mean() > 0.999
    assert ranked(rows[:0], columns, [], (1, 5)).shape == (0, 2)
