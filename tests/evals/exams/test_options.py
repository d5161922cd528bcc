"""Lettered options in every order: one that knows, one that likes a place, one that is silent, and an oracle."""

from __future__ import annotations

from collections import Counter

import pytest

from burnish import backends
from burnish.chat import Choose, Chosen
from burnish.chat.backend import ChatBackend
from burnish.evals import exams, options
from burnish.evals.exams import Sitting
from burnish.scenes import compose, writing
from burnish.values import Failure, State
from tests.evals.test_audit import Planted

SCENES = [compose.scene(7_000, number, 1.0) for number in range(12)]
ASKED = [asked for scene in SCENES for asked in options.questions(scene, 0)]
RIGHT = {(asked.question, frozenset(asked.options)): asked.options[0] for asked in ASKED}


class Lettered(Planted):
    """Chooses by what `choose_at` says of a question's options."""

    def __init__(self, choose_at) -> None:
        self._choose_at = choose_at

    def choose(self, questions):
        return [self._said(question) for question in questions]

    def _said(self, question: Choose) -> Chosen | Failure:
        asked, *listed, _ = question.prompt.user[-1].split("\n")
        place = self._choose_at(asked, [line.partition(". ")[2] for line in listed])
        if place is None:
            return Failure(state=State.REFUSED, detail="planted")
        shares = [0.1 / (len(listed) - 1)] * len(listed)
        shares[place] = 0.9
        return Chosen(shares=tuple(shares), outside=0.0, how="planted")


def marks(choose_at):
    sitting = Sitting(scenario="scenes", seeds=(0,), limit=12, backend=ChatBackend(Lettered(choose_at)))
    return {mark.of: mark for mark in exams.load("options").sit(sitting)}


def test_questions_have_one_right_option_and_each_turn_moves_it():
    kinds = Counter(asked.kind for asked in ASKED)
    assert kinds["yes_no"] == 24
    assert kinds["count"] == kinds["thing"] == 12
    assert 0 < kinds["colour"] <= 12
    for asked in ASKED:
        assert (
            len(set(asked.options)) == len(asked.options) == len(asked.claims) == (2 if asked.kind == "yes_no" else 4)
        )
        places = [asked.order(turn).index(0) for turn in range(len(asked.options))]
        assert sorted(places) == list(range(len(asked.options)))
        assert asked.text(1).splitlines()[1] == f"A. {asked.options[1]}"
    assert [a.options for a in options.questions(SCENES[0], 0)] == [a.options for a in options.questions(SCENES[0], 0)]


def test_one_that_knows_is_right_in_every_order():
    found = marks(lambda asked, listed: listed.index(RIGHT[asked, frozenset(listed)]))
    assert list(found) == ["all", *options.KINDS]
    for mark in found.values():
        assert {mark.figures[name].value for name in ("fixed", "permuted", "every", "same")} == {1}
        assert mark.figures["unanswered"].value == 0
    places = [found["colour"].figures[f"at_{letter}"].value for letter in "ABCD"]
    assert places == [0.25] * 4
    assert found["count"].chance["permuted"] == 0.25
    assert found["yes_no"].chance["at_A"] == 0.5
    assert "at_A" not in found["all"].figures  # two options and four have other shares


def test_one_that_likes_a_place_is_at_chance_and_shows_it():
    found = marks(lambda _asked, _listed: 1)
    for mark in found.values():
        assert mark.figures["permuted"].value == pytest.approx(
            mark.chance["permuted"], abs=1e-4 if mark.of != "all" else 0.1
        )
        assert mark.figures["every"].value == mark.figures["same"].value == 0
    assert found["thing"].figures["at_B"].value == 1
    assert found["thing"].figures["at_A"].value == 0


def test_one_that_always_says_yes_is_the_same_in_every_order():
    found = marks(lambda _asked, listed: listed.index("yes") if "yes" in listed else 0)
    assert found["yes_no"].figures["same"].value == 1
    assert found["yes_no"].figures["permuted"].value == 0.5
    assert found["yes_no"].figures["at_A"].value == 0.5


def test_silence_is_no_answer_and_no_wrong_one():
    found = marks(lambda asked, listed: None if "color" in asked else listed.index(RIGHT[asked, frozenset(listed)]))
    colour = found["colour"].figures
    assert (colour["unanswered"].value, colour["permuted"].value, colour["same"].value) == (1, None, 0)
    assert found["count"].figures["permuted"].value == 1


def test_models_without_words_judge_each_option(tmp_path):
    writing.write(tmp_path / "scenes", 30, 61, 0.0)
    oracle = backends.load("oracle", {"truth": str(tmp_path / "scenes")})
    sitting = Sitting(scenario=f"scenes:{tmp_path / 'scenes'}", seeds=(0, 1), limit=0, backend=oracle)
    found = {mark.of: mark for mark in exams.load("options").sit(sitting)}
    assert found["yes_no"].figures["fixed"].value == 1
    assert found["all"].figures["fixed"].value > 0.9
    assert found["all"].figures["fixed"].pictures == 30
    assert "permuted" not in found["all"].figures
