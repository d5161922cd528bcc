"""Good captions hold numbers, names, marks and other languages too, so none of these alone tells bad from good."""

import random

import pytest

from burnish.train.builtin import foreign, phrases, quality

TITLES = ["apple", "red sports car", "A small house by the sea.", "cat", "two children with a dog", "key"]


@pytest.mark.parametrize("dress", sorted({dress.__name__ for dress in phrases.DRESSES}))
def test_a_phrase_is_whole_and_the_same_for_a_seed(dress):
    made = [getattr(phrases, dress)("red car", random.Random(seed)) for seed in range(200)]
    assert made == [getattr(phrases, dress)("red car", random.Random(seed)) for seed in range(200)]
    assert not any("{" in text or "}" in text for text in made)
    assert all(text.strip() for text in made)


def test_foreign_captions_are_many_and_good():
    rng = random.Random(1)
    made = {foreign.caption(rng) for _ in range(2_000)}
    assert len(made) > 1_000
    samples = quality.samples(TITLES * 40, [], seed=3)
    assert {sample.text for sample in samples if not sample.good}.isdisjoint(made)


def test_good_samples_hold_digits_emoji_and_bare_titles():
    good = [sample.text for sample in quality.samples(TITLES * 100, [], seed=3) if sample.good]
    assert sum(any(character.isdigit() for character in text) for text in good) > len(good) / 20
    assert any(ord(character) > 0x1F000 for text in good for character in text)
    assert "apple" in good


def test_plain_titles_leave_out_junk_but_no_common_word():
    titles = ["sun", "Clipart by X - key", "car_02", "Part of the Flat Collection", "arrow-left-green", "Qzxv"]
    assert quality.plain_titles(titles, dict.fromkeys(titles, 0.0)) == ["sun"]
