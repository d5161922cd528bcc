"""Each corruption changes the text, is the same for a seed, and every kind can be made."""

import random

import pytest

from burnish.train.builtin import quality
from burnish.train.builtin.corruption import CORRUPTIONS

TITLES = ["apple", "red sports car", "A small house by the sea.", "cat", "two children with a dog", "key"]


@pytest.mark.parametrize("kind", sorted(CORRUPTIONS))
def test_a_corruption_spoils_and_repeats(kind):
    text = "A small house by the sea."
    spoilt = [CORRUPTIONS[kind](text, random.Random(seed)) for seed in range(40)]
    assert spoilt == [CORRUPTIONS[kind](text, random.Random(seed)) for seed in range(40)]
    assert sum(one != text for one in spoilt) >= 39
    assert all(isinstance(CORRUPTIONS[kind]("x", random.Random(seed)), str) for seed in range(40))


def test_samples_are_the_same_for_a_seed_and_hold_every_kind():
    titles = TITLES * 40
    made = quality.samples(titles, ["Part of the Set Collection"], seed=3)
    assert made == quality.samples(titles, ["Part of the Set Collection"], seed=3)
    assert {sample.kind for sample in made} == {"", "found", *CORRUPTIONS}
