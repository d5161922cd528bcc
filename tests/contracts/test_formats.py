"""Every format says where it comes from, is kept by its own examples, and can be asked for and kept by a model."""

from __future__ import annotations

import importlib
import re

import pytest

from burnish import discovery, formats, sentences, tokens
from burnish.backends.fake import FakeBackend
from burnish.chat import caption
from burnish.contract import Contract, Given
from burnish.evals import layers
from burnish.values import CaptionRequest, Draft, Failure
from tests.builders import picture

NAMES = discovery.names("formats")
ALT = "Anna's red boat in Oslo harbour, 1999"


def contract(name: str) -> Contract:
    return Contract(formats.load(name), tokens.load("words"))


def test_the_four_of_the_paper_are_there() -> None:
    assert {"ssc", "dsc", "dsc+", "afc"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_called_like_its_file_and_names_its_source(name: str) -> None:
    form = formats.load(name)
    assert form.name == name
    assert re.search(r"\d{4}\.\d{5}", form.source)
    assert re.search(r"\d{4}\.\d{5}", importlib.import_module(discovery.module("formats", name)).__doc__ or "")


@pytest.mark.parametrize("name", NAMES)
def test_its_examples_keep_it(name: str) -> None:
    form = formats.load(name)
    assert form.examples
    for example in form.examples:
        assert contract(name).flaws(Draft(text=example), Given()) == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_text_of_the_words_that_are_asked_for_is_near_its_tokens(name: str) -> None:
    form = formats.load(name)
    for count in form.words:
        text = " ".join(["boat"] * (count - 1)) + " sails."
        assert 0.8 * form.min_tokens <= tokens.estimate(text) <= form.max_tokens


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_told_what_is_wanted_and_only_that(name: str) -> None:
    form = formats.load(name)
    task = caption.write(CaptionRequest(picture=picture(), format=name, text=ALT if form.sees_text else ""))
    asked = str(task.prompt.user[-1])
    assert form.instruction in asked
    assert f"{form.words[0]} to {form.words[1]} words" in asked
    assert ("dropped" in task.schema["properties"]) == form.sees_text  # type: ignore[operator]
    assert ALT not in "".join(part for part in task.prompt.user if isinstance(part, str))


@pytest.mark.parametrize("name", NAMES)
def test_the_pretending_model_keeps_it_when_it_is_asked_again(name: str) -> None:
    form, text = formats.load(name), ALT if formats.load(name).sees_text else ""
    reply = FakeBackend({}).answer([CaptionRequest(picture=picture(), format=name, text=text, wrong="too long")])[0]
    assert not isinstance(reply, Failure)
    assert isinstance(reply, Draft)
    assert contract(name).flaws(reply, Given(text=text)) == ()
    assert len(sentences.split(reply.text)) <= form.max_sentences


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("name", NAMES)
def test_layers_on_top_of_it_are_told_and_broken_one_by_one(name: str, number: int) -> None:
    form = formats.load(layers.address(name, number, number))
    text = ALT if form.sees_text else ""
    request = CaptionRequest(picture=picture(), format=layers.address(name, number, number), text=text)
    asked = str(caption.write(request).prompt.user[-1]).splitlines()
    assert {each.told for each in form.constraints} <= set(asked)
    alone = {each.name: each.test(form.instruction) for each in form.constraints}
    flaws = Contract(form, tokens.load("words")).flaws(Draft(text=form.instruction), Given())
    assert {flaw.name for flaw in flaws if flaw.name in alone} == {name for name, wrong in alone.items() if wrong}
