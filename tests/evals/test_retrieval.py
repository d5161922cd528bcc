"""Known scores give known places; a model that knows nothing is exactly at chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.evals import retrieval


def test_texts_are_the_same_whatever_their_case() -> None:
    texts, right = retrieval.labels(["A cat", "a dog", "a CAT"])
    assert texts == ("A cat", "a dog")
    assert right.tolist() == [0, 1, 0]


def test_who_knows_everything_finds_everything_first() -> None:
    right = np.array([0, 1, 2, 1])
    found = retrieval.measures(retrieval.ranks(np.eye(3)[right], right))
    assert found["image_to_text_r1"] == found["text_to_image_r1"] == found["r1"] == 1.0
    assert found["image_to_text_median_rank"] == found["text_to_image_median_rank"] == 1.0


def test_places_are_counted_from_the_best_with_ties_shared() -> None:
    scores = np.array([[0.1, 0.9, 0.5], [0.2, 0.2, 0.2], [0.9, 0.1, 0.8]])
    found = retrieval.ranks(scores, np.array([0, 1, 2]))
    assert found.image_to_text.tolist() == [3, 2, 2]
    assert found.text_to_image.tolist() == [3, 2, 1]


def test_one_of_several_right_pictures_is_enough() -> None:
    scores = np.array([[0.9, 0.1], [0.0, 0.8], [0.5, 0.2]])
    right = np.array([0, 1, 0])
    assert retrieval.ranks(scores, right).text_to_image.tolist() == [1, 1]


@given(st.lists(st.integers(0, 5), min_size=2, max_size=12), st.integers(1, 6))
def test_chance_is_what_random_scores_come_to(right: list[int], cut: int) -> None:
    _, columns = retrieval.labels([str(number) for number in right])
    rng = np.random.default_rng(0)
    got = []
    for _ in range(300):
        found = retrieval.ranks(rng.random((len(columns), columns.max() + 1)), columns)
        got.append(((found.image_to_text <= cut).mean() + (found.text_to_image <= cut).mean()) / 2)
    assert np.mean(got) == pytest.approx(retrieval.chance(columns, cut), abs=0.08)


def test_saying_the_same_of_everything_finds_nothing() -> None:
    right = np.arange(30)
    found = retrieval.measures(retrieval.ranks(np.ones((30, 30)), right))
    assert found["r5"] == 0.0
    assert found["image_to_text_median_rank"] == 15.5
