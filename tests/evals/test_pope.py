"""Questions about objects: an oracle is right, one told to be wrong is as wrong as told, and no answer is no answer."""

from __future__ import annotations

import json

import pytest

from burnish.chat import Choose, Chosen
from burnish.chat.backend import ChatBackend
from burnish.errors import UsageError
from burnish.evals.pope import LEADING, MODES, pope
from burnish.fakeserver import FakeServer, Settings
from burnish.scenes import writing
from tests.cli.calls import call
from tests.evals.test_audit import Planted


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pope") / "scenes"
    writing.write(folder, 40, 91, 0.0)
    return folder


def by_mode(scenes, **faults: str):
    from burnish import backends

    oracle = backends.load("oracle", {"truth": str(scenes), **faults})
    return {each.mode: each for each in pope(oracle, str(scenes), 40, (0, 1))}


def test_an_oracle_is_right_in_every_way_of_asking(scenes):
    found = by_mode(scenes)
    assert tuple(found) == MODES  # it is asked no words, so none that lead
    for each in found.values():
        assert {name: value.value for name, value in each.figures.items()} == {
            "accuracy": 1,
            "precision": 1,
            "recall": 1,
            "f1": 1,
            "yes": 0.5,
        }
        assert each.unanswered.value == 0
        assert each.unanswered.pictures == 40


def test_answers_turned_round_and_missing_are_found(scenes):
    wrong = by_mode(scenes, error="0.25")["random"]
    assert wrong.figures["accuracy"].low <= 0.75 <= wrong.figures["accuracy"].high
    silent = by_mode(scenes, abstain="0.3")["random"]
    assert silent.unanswered.value == pytest.approx(0.3, abs=0.1)
    assert silent.figures["accuracy"].value == 1


class Agreeable(Planted):
    """Says no where it is asked plainly, yes where the question leads."""

    def choose(self, questions):
        return [self._said(question) for question in questions]

    def _said(self, question: Choose) -> Chosen:
        led = "doesn't it?" in question.prompt.user[-1]
        return Chosen(shares=(0.9, 0.1) if led else (0.1, 0.9), outside=0.0, how="planted")


def test_one_that_agrees_with_whoever_asks_is_found_out():
    found = {each.mode: each for each in pope(ChatBackend(Agreeable()), "", 6, (0,))}
    assert set(found) == {*MODES, LEADING}
    assert found["random"].figures["accuracy"].value == 0.5
    assert found["random"].figures["precision"].value is None  # never a yes
    assert found[LEADING].figures["misled"].value == 1
    assert found[LEADING].figures["right"].value == 0


def test_the_command_against_a_random_server():
    asked = ("eval", "models", "--backend", "openai", "--limit", "20", "--seeds", "0")
    with FakeServer(Settings(mode="hash", choices="yes,no")) as server:
        done = call(*asked, "--json", env={"OPENAI_BASE_URL": server.url})
        told = call(*asked, "--limit", "2", env={"OPENAI_BASE_URL": server.url})
    assert done.code == 0, done.err
    rows = {row["of"]: row for row in json.loads(done.out)}
    assert rows["random"]["accuracy"]["low"] <= 0.5 <= rows["random"]["accuracy"]["high"]
    assert rows["adversarial"]["unanswered"]["value"] == 0
    assert "misled" in told.out


def test_a_source_without_scenes_is_refused(tmp_path):
    from burnish import backends
    from tests.shards import write_shard

    write_shard(tmp_path / "in" / "00000.tar", ["a dog"])
    with pytest.raises(UsageError, match="no scene"):
        list(pope(backends.load("builtin", {}), str(tmp_path / "in"), 5, (0,)))
