"""Every proxy learns what can be learnt, learns nothing from texts of other pictures, and is the same for a seed."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from burnish import discovery, proxy
from burnish.arms import lessons
from burnish.arms.exam import Exam
from burnish.errors import UsageError
from burnish.evals import retrieval
from burnish.proxy import Epoch, Floats, Proxy
from tests.proxy.lessons import Toy, toy

pytest.importorskip("torch", reason="proxies are trained with the extra [train]")
NAMES = discovery.names("proxy")


@pytest.fixture(scope="module", params=NAMES)
def taught(request: Any) -> tuple[Proxy, Floats, Toy]:
    """A proxy, and what it saw of a toy set for training."""
    made = proxy.load(request.param, {"steps": 60})
    lesson = toy(240, seed=1)
    return made, made.look(lesson.pictures), lesson


def recall(taught: tuple[Proxy, Floats, Toy], epochs: tuple[Epoch, ...], seed: int = 0) -> tuple[float, float]:
    """Recall at 5 of new pictures of the toy set, and chance."""
    made, seen, _ = taught
    student = made.train(seen, epochs, seed)
    fresh = toy(120, seed=2)
    rows = np.arange(120, dtype=np.int64)
    exam = Exam(name="new pictures", pictures=rows, texts=fresh.texts, groups=rows)
    return retrieval.measures(exam.sit(student, made.look(fresh.pictures)))["r5"], exam.chance(5)


def test_there_is_one() -> None:
    assert {"frozen_towers", "tiny_clip", "tiny_captioner"} <= set(NAMES)


def test_what_it_sees_of_a_picture_is_a_row_of_its_own(taught: tuple[Proxy, Floats, Toy]) -> None:
    made, seen, lesson = taught
    assert len(seen) == len(lesson.pictures)
    assert np.isfinite(seen).all()
    assert (made.look(lesson.pictures[7:9]) == seen[7:9]).all()


def test_what_can_be_learnt_is_learnt_and_shuffled_texts_teach_nothing(taught: tuple[Proxy, Floats, Toy]) -> None:
    epochs = taught[2].epochs()
    right, chance = recall(taught, epochs)
    wrong, _ = recall(taught, lessons.shuffled(epochs, seed=0))
    assert right > 5 * chance
    assert wrong < 2 * chance


def test_the_seed_decides_and_nothing_else_in_another_process_too(taught: tuple[Proxy, Floats, Toy]) -> None:
    made, seen, lesson = taught
    sent = pickle.loads(pickle.dumps(made))
    assert sent.identity == made.identity
    epochs, texts = toy(60, seed=3).epochs(), lesson.texts[:20]
    one, again, other = (
        each.train(seen, epochs, seed).scores(seen[:20], texts) for each, seed in ((made, 3), (sent, 3), (made, 4))
    )
    assert (one == again).all()
    assert (one != other).any()


def test_samples_left_out_and_repeated_are_no_matter(taught: tuple[Proxy, Floats, Toy]) -> None:
    made, seen, lesson = taught
    some = Epoch(pictures=np.array([5, 5, 9], np.int64), texts=("a", "b", "c"))
    scores = made.train(seen, (some,), 0).scores(seen[:4], lesson.texts[:3])
    assert scores.shape == (4, 3)
    assert np.isfinite(scores).all()


def test_nothing_to_train_on_is_said(taught: tuple[Proxy, Floats, Toy]) -> None:
    made, seen, _ = taught
    for epochs in ((Epoch(pictures=np.array([0], np.int64), texts=("a",)),), ()):
        with pytest.raises(UsageError, match="fewer than 2"):
            made.train(seen, epochs, 0)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_option_is_named(name: str) -> None:
    with pytest.raises(UsageError, match="warp"):
        proxy.load(name, {"warp": 9})
