"""Layered instructions measured: what was set is found, for each kind and each number of layers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from burnish import discovery, formats
from burnish.backends.function import FunctionBackend
from burnish.constraints import Constraint
from burnish.errors import UsageError
from burnish.evals import layers
from burnish.evals.layers import CATEGORIES, address, compose, measure
from burnish.fakeserver import FakeServer, Settings
from burnish.values import Failure, State
from tests.builders import pair, picture
from tests.cli.calls import call, lay_sample

BASES = ("ssc", "dsc", "dsc+")


def kind_of(constraint: Constraint) -> str:
    (kind,) = (kind for kind, members in CATEGORIES.items() if constraint in members)
    return kind


@pytest.mark.parametrize("base", discovery.names("formats"))
@pytest.mark.parametrize("number", range(6))
def test_each_format_takes_up_to_five_layers_of_different_kinds(base: str, number: int) -> None:
    for way in range(20):
        form = formats.load(address(base, number, way))
        assert form == compose(base, number, way)
        assert len({kind_of(each) for each in form.constraints}) == len(form.constraints) == number
        assert (form.min_tokens, form.max_tokens) == (formats.load(base).min_tokens, formats.load(base).max_tokens)


def test_every_kind_and_member_turns_up() -> None:
    seen = {each.name for way in range(200) for each in compose("dsc", 5, way).constraints}
    assert seen == {each.name for members in CATEGORIES.values() for each in members}


@pytest.mark.parametrize("name", ["dsc__6__1", "nothing__1__1", "dsc_1_1", "dsc__1__x"])
def test_other_names_are_none(name: str) -> None:
    with pytest.raises(AttributeError):
        getattr(layers, name)


KEEPS = "In calm water a red wooden boat with two masts lies on the left beside a low stone wall of the old town."


def asked(answer, count: int = 60):
    return measure([(pair(at), picture()) for at in range(count)], FunctionBackend(answer), BASES)


def test_rules_score_each_layer_by_itself() -> None:
    found = asked(lambda _: KEEPS.replace("red ", "").replace("wooden ", "").replace("stone ", ""))
    assert found.answers == 60
    for name in ("place", "number", "absence", "perspective"):
        assert found.categories[name].share == 1
    assert found.categories["mention"].count == 0
    assert found.categories["length"].count == 0  # one sentence of 18 words
    assert 0 < found.categories["opening"].share < 1
    assert sum(rate.n for rate in found.categories.values()) == 12 * (1 + 2 + 3 + 4 + 5)


def test_answers_that_are_none_keep_to_nothing_and_are_counted() -> None:
    found = asked(lambda _: Failure(state=State.UNPARSABLE, detail="no json"))
    assert (found.answers, found.unanswered) == (60, 60)
    assert {rate.count for rate in found.categories.values()} == {0}
    assert set(found.share.values()) == {0.0}
    assert {rate.n for rate in found.own.values()} == {0}


def test_without_pictures_there_is_nothing_to_measure() -> None:
    with pytest.raises(UsageError, match="no picture"):
        asked(lambda _: KEEPS, count=0)


@pytest.fixture
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    with FakeServer(Settings(mode="obedient", obedience=request.param)) as started:
        monkeypatch.setenv("OPENAI_BASE_URL", started.url)
        yield started


@pytest.mark.parametrize("server", [1.0, 0.6, 0.0], indirect=True)
def test_one_command_finds_how_obedient_a_served_model_is(server: FakeServer, tmp_path: Path) -> None:
    source = lay_sample(tmp_path / "in", "00000.tar")
    said = call("eval", "layers", source, "--backend", "openai", "--limit", "100", "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    obedience = server.settings.obedience
    for name, rate in found["categories"].items():
        if obedience in {0.0, 1.0}:
            assert rate["share"] == obedience, name
        else:
            spread = 4 * (obedience * (1 - obedience) / rate["n"]) ** 0.5
            assert abs(rate["share"] - obedience) <= spread, name
    assert found["answers"] == 100
    assert found["unanswered"] == 0
    wholes = [found["whole"][str(number)]["share"] for number in range(1, 6)]
    assert wholes[0] >= wholes[-1]
    assert found["own"]["sentences"]["share"] == 1
    table = call("eval", "layers", source, "--backend", "openai", "--limit", "10").out
    assert all(name in table for name in (*CATEGORIES, "layers", "tokens"))


def test_a_model_that_cannot_caption_says_so(tmp_path: Path) -> None:
    said = call("eval", "layers", lay_sample(tmp_path / "in", "00000.tar"), "--backend", "builtin")
    assert said.code == 2
    assert "cannot write captions" in said.err
