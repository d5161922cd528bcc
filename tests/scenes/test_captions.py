"""Captions are true, different by format, and keep to the formats' own contracts."""

from collections import Counter

import pytest

from burnish import formats, tokens
from burnish.claims import Verdict
from burnish.claims.rules import split
from burnish.contract import Contract, Given
from burnish.scenes import captions, compose, phrasing
from burnish.scenes.checker import TruthChecker
from burnish.values import Draft

SCENES = [compose.scene(31, number) for number in range(120)]


@pytest.mark.parametrize("name", captions.FORMATS)
def test_captions_keep_the_contract_of_their_format(name):
    contract = Contract(format=formats.load(name), tokenizer=tokens.load(tokens.WORDS))
    broken = Counter()
    for scene in SCENES:
        text = captions.FORMATS[name](scene)
        broken.update(flaw.name for flaw in contract.flaws(Draft(text=text), Given(text="", writing=None)))
    assert not broken


@pytest.mark.parametrize("name", captions.FORMATS)
def test_nothing_in_a_caption_is_refuted(name):
    for scene in SCENES:
        claims = split(captions.FORMATS[name](scene))
        refuted = [c.key for c, v in zip(claims, TruthChecker(scene)(claims), strict=True) if v is Verdict.REFUTED]
        assert not refuted


def test_longer_formats_claim_more():
    def claims(name):
        return sum(len(split(captions.FORMATS[name](scene))) for scene in SCENES)

    assert claims("ssc") < claims("dsc") < claims("dsc+")


def test_a_fused_caption_holds_the_true_names_and_no_false_one():
    named = [scene for scene in SCENES if scene.alt.true_names]
    assert len(named) >= 10
    for scene in named:
        text = captions.afc(scene)
        assert all(name in text for name in scene.alt.true_names)
        assert not any(name in text for name in scene.alt.false_names)


def test_no_caption_has_a_wording_that_is_held_out():
    held = [text for form in phrasing.TEMPLATES for text in phrasing.wordings(form, held_out=True)]
    used = [text for form in phrasing.TEMPLATES for text in phrasing.wordings(form, held_out=False)]
    assert not set(held) & set(used)
    marks = (
        "can be seen here",
        "You can spot",
        "appear in the drawing",
        "In total",
        "left-hand",
        "Someone has lettered",
    )
    everything = " ".join(make(scene) for make in captions.FORMATS.values() for scene in SCENES)
    assert not [mark for mark in marks if mark in everything]


@pytest.mark.parametrize(("words", "listed"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists(words, listed):
    assert captions.listed(words) == listed
