"""The fit finds the weights that made the data, and counts both answers alike."""

import numpy as np

from burnish.train.builtin import logistic


def test_known_weights_are_found():
    rng = np.random.default_rng(0)
    inputs = np.column_stack([rng.normal(size=20_000), np.ones(20_000)])
    good = rng.random(20_000) < 1 / (1 + np.exp(-2 * inputs[:, 0]))
    slope, offset = logistic.fit(inputs, good)
    assert abs(slope - 2) < 0.1
    assert abs(offset) < 0.1


def test_numbers_of_either_answer_do_not_shift_the_offset():
    rng = np.random.default_rng(1)
    good = np.arange(11_000) < 1_000
    inputs = np.column_stack([np.where(good, 1.0, -1.0) + rng.normal(size=11_000), np.ones(11_000)])
    assert abs(logistic.fit(inputs, good)[1]) < 0.2
