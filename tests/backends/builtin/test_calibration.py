"""Clues are log ratios: what knows nothing counts nothing, and more of the right class counts for the text."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.backends.builtin import calibration

CLASSES = 12


def usual(classes: np.ndarray, cosines: np.ndarray) -> float:
    """The level of `cosines` over a bank whose mean probabilities are `classes`."""
    return math.log(float(classes @ np.exp(calibration.LABEL_SHARPNESS * (cosines - 1))))


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(CLASSES)).astype(np.float32), rng.uniform(-0.2, 1, CLASSES).astype(np.float32)


@given(st.integers(0, 2**32 - 1))
def test_a_picture_like_all_others_says_nothing(seed):
    classes, cosines = drawn(seed)
    assert calibration.label_ratio(classes, cosines, usual(classes, cosines)) == pytest.approx(0, abs=1e-4)


@given(st.integers(0, 2**32 - 1))
def test_the_surer_of_the_class_that_the_text_names_the_better(seed):
    classes, cosines = drawn(seed)
    named = np.eye(CLASSES, dtype=np.float32)[int(cosines.argmax())]
    bank = usual(classes, cosines)
    ratios = [calibration.label_ratio((1 - s) * classes + s * named, cosines, bank) for s in (0.0, 0.3, 0.6, 1.0)]
    assert ratios == sorted(ratios)


def test_a_picture_of_nothing_that_the_text_names_is_bounded():
    far = np.full(CLASSES, -1, np.float32)
    far[0] = 1
    nothing = np.eye(CLASSES, dtype=np.float32)[1]
    assert calibration.label_ratio(nothing, far, 0.0) == pytest.approx(math.log(1e-6), abs=0.1)


def test_clues_come_in_the_number_that_the_weights_have():
    found = calibration.clues(similarity=0.4, text_bank=1.0, image_bank=2.0, evidence=0.5)
    assert found == [1.0, pytest.approx(5.0), pytest.approx(4.0), 0.5]
    assert len(found) == calibration.CLUES
