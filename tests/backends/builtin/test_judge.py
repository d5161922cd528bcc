"""The judge answers alone or in company alike, says when it cannot see or read, and stays in its range."""

import math
import pickle

import numpy as np
import pytest
from PIL import Image, ImageDraw

from burnish.backends.builtin.judge import Judge
from burnish.backends.builtin.surface import SURFACE_DIM


@pytest.fixture(scope="module")
def judge():
    return Judge()


def picture(seed: int, width: int = 200, height: int = 150) -> np.ndarray:
    """Coloured shapes on white, another for each seed."""
    rng = np.random.default_rng(seed)
    canvas = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(canvas)
    for _ in range(6):
        left, top = (int(rng.integers(0, size // 2)) for size in (width, height))
        box = (left, top, left + int(rng.integers(10, width // 2)), top + int(rng.integers(10, height // 2)))
        colour = tuple(int(channel) for channel in rng.integers(0, 255, 3))
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)(box, fill=colour)
    return np.asarray(canvas)


def flag() -> np.ndarray:
    """Three upright bars, blue, white, red."""
    bars = np.full((160, 240, 3), 255, np.uint8)
    bars[:, :80], bars[:, 160:] = (0, 35, 149), (237, 41, 57)
    framed = np.full((200, 280, 3), 255, np.uint8)
    framed[20:180, 20:260] = bars
    return framed


TEXTS = [
    "A red car in front of a house.",
    "two green apples on a table",
    "flag of France",
    "IMG_2034.jpg",
    "a circle and a square",
    "Star",
    "Children playing football in the park.",
]


@pytest.mark.parametrize("batch", [1, 7, 8, 64])
def test_scores_do_not_depend_on_the_batch(judge, batch):
    count = 64
    pictures = [picture(seed) for seed in range(count)]
    texts = [TEXTS[index % len(TEXTS)] for index in range(count)]
    alone = [(judge.look([image])[0], judge.read([text])[0]) for image, text in zip(pictures, texts, strict=True)]
    seen, read = [], []
    for start in range(0, count, batch):
        seen += judge.look(pictures[start : start + batch])
        read += judge.read(texts[start : start + batch])
    for (one, word), other, another in zip(alone, seen, read, strict=True):
        assert one.features.tobytes() == other.features.tobytes()
        assert one.joint.tobytes() == other.joint.tobytes()
        assert word.embedding.tobytes() == another.embedding.tobytes()
        assert judge.match(one, word) == judge.match(other, another)
        assert judge.text_quality(word) == judge.text_quality(another)


def test_a_second_judge_and_a_pickled_one_agree(judge):
    image, text = picture(3), "a blue ball"
    answers = {
        each.match(each.look([image])[0], each.read([text])[0])
        for each in (judge, Judge(), pickle.loads(pickle.dumps(judge)))
    }
    assert len(answers) == 1


@pytest.mark.parametrize("text", ["", "   ", "12345", "!!! ...", "\ud800"])
def test_it_abstains_on_texts_without_words(judge, text):
    seen, read = judge.look([picture(1)])[0], judge.read([text])[0]
    assert judge.match(seen, read).abstained
    assert judge.text_quality(read).abstained
    assert judge.match(seen, read).confidence == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "Ein kleiner Hund spielt im Garten mit einem Ball.",
        "Der alte Schlüssel liegt auf dem Tisch",
        "Une grande maison au bord de la mer",
        "Красная машина перед домом",
        "公園で遊ぶ子供たち",
    ],
)
def test_it_abstains_from_matching_foreign_texts(judge, text):
    judged = judge.match(judge.look([picture(1)])[0], judge.read([text])[0])
    assert judged.abstained
    assert "English" in judged.reason


@pytest.mark.parametrize("value", [0, 127, 255])
def test_it_abstains_on_blank_pictures(judge, value):
    judged = judge.match(judge.look([np.full((100, 80, 3), value, np.uint8)])[0], judge.read(["a dog on a lawn"])[0])
    assert judged.abstained
    assert "blank" in judged.reason


@pytest.mark.parametrize("size", [(1, 1), (1, 384), (384, 1), (2, 3), (384, 384), (1000, 30)])
def test_any_size_can_be_looked_at(judge, size):
    rng = np.random.default_rng(0)
    seen = judge.look([rng.integers(0, 255, (*size, 3), np.uint8)])[0]
    assert np.isfinite(seen.features).all()
    assert 0 <= seen.confidence <= 1


@pytest.mark.parametrize(
    "text", [*TEXTS, "x" * 100_000, "a " * 50_000, "\x00\x01", "é" * 3, "\u202ereversed", "😀 smile"]
)
def test_values_stay_in_range(judge, text):
    seen, read = judge.look([picture(5)])[0], judge.read([text])[0]
    assert read.surface.shape == (SURFACE_DIM,)
    for judged in (judge.match(seen, read), judge.text_quality(read)):
        assert 1 <= judged.value <= 5
        assert 0 <= judged.confidence <= 1
        assert judged.value == round(judged.value, 4)
        assert math.isfinite(judged.confidence)
        assert judged.reason


def test_good_text_beats_the_same_text_spoilt(judge):
    good = judge.read(["A red car in front of a house."])[0]
    for bad in (
        "red_car_house_03.jpg",
        "buy cheap car cheap car sale best price",
        "A red car in front of a",
        "Ã©&amp;amp;",
    ):
        assert judge.text_quality(good).value > judge.text_quality(judge.read([bad])[0]).value


def test_the_flag_is_nearer_to_its_name_than_to_an_animal(judge):
    seen = judge.look([flag()])[0]
    right, wrong = judge.read(["flag of France", "a brown horse eating grass"])
    assert judge.match(seen, right).value > judge.match(seen, wrong).value


def test_support_needs_label_and_matcher_together(judge):
    seen = judge.look([flag()])[0]
    for noun in ("elephant", "kitchen", "flag"):
        support = judge.support(seen, noun)
        assert 0 <= support.label_probability <= 1
        assert 0 <= support.match_probability <= 1
        assert not support.confirmed or (support.label_probability >= 0.3 and support.match_probability >= 0.65)
    assert not judge.support(seen, "elephant").confirmed
    blank = judge.look([np.full((64, 64, 3), 255, np.uint8)])[0]
    assert not any(judge.support(blank, name).confirmed for name, _ in blank.evidence)


def test_reading_many_equal_texts_gives_equal_answers(judge):
    first, second, third = judge.read(["a cat", "a dog", "a cat"])
    assert first is third
    assert first.text != second.text
