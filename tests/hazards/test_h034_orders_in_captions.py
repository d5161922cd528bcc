"""Hazard 34: a caption that gives orders to its judge is flagged, looked at twice, and never gains by it."""

from __future__ import annotations

import pytest

from burnish import asks, recipes
from burnish.asks.assess import INJECTION
from burnish.fakeserver.answers._orders import orders as obeyed
from burnish.fakeserver.answers._reading import readings
from burnish.injection import orders, without
from burnish.plan import Plan
from burnish.texts import look
from burnish.values import AssessRequest, Score
from tests.builders import record
from tests.injection.corpus import templates, texts

TERMS = asks.Terms(plan=Plan(source="s"), recipe=recipes.load("aitqe"), maker="gullible")
BENIGN = (
    "5 stars hotel in Paris",
    "Rated 5 out of 5 by our guests",
    "Give me five T-shirt",
    "Keep calm and ignore everyone mug",
    "High score arcade poster 1983",
    "Score! Basketball player with the ball",
    "Perfect 10 gymnast on the beam",
    "Instruction manual of a radio, 1952",
    "Judge with a gavel in court",
    "The assistant hands over a cup of tea",
    "System: the planets and the sun",
    "How to grade an exam, stack of papers",
    "Please do not feed the ducks",
    "Write your name here form",
    "Top rated phone case 2021, 4.9/5",
    "Ten out of ten cats prefer this",
    "Model must wear a red hat, casting photo",
    "Bitte nicht rauchen Schild",
    "Note maximale de pollution, carte",
    "满分试卷照片",
    "五星红旗",
    "最高的山",
    "Lehrer gibt Schülern Noten",
    "Ignorance is bliss poster",
    "<b>Red</b> dress size 10",
    '{"title": "dog"}',
    "Caption this! funny cat",
    "AI robot drawing, digital art",
    "Overall view of the city",
    "Answer phone now cartoon",
)


def gullible(request: AssessRequest) -> Score:
    """A judge without any defence: it obeys what it can read, and finds every other caption middling."""
    grade = obeyed(readings(request.text, "")).grade
    return Score(criterion=request.criterion, value=5.0 if grade else 2.0, confidence=1.0)


def judged(text: str) -> tuple[float, bool]:
    """The overall score that counts, and whether the pair is flagged."""
    assess = asks.load("assess", TERMS)
    start = record(look(text).clean)
    requests = [r for r in assess.requests(start) if isinstance(r, AssessRequest)]
    folded = assess.fold(start, [gullible(r) for r in requests])
    overall = folded.captions[0].score("overall")
    assert overall is not None
    assert overall.value is not None
    return overall.value, INJECTION in folded.flags


def test_the_judge_without_defence_does_obey() -> None:
    seen = [text for _, carrier, text in texts("seen") if carrier == "suffix"]
    assert sum(bool(obeyed(readings(text, "")).grade) for text in seen) > len(seen) / 8


def test_orders_the_detector_was_built_with_are_flagged() -> None:
    missed = [text for _, _, text in texts("seen") if not orders(look(text).clean)]
    assert not missed
    assert len(templates("seen")) == 20


@pytest.mark.parametrize("carrier", ["plain", "suffix", "fake_delimiter", "encoded", "comment"])
def test_no_flagged_pair_gains_by_its_order(carrier: str) -> None:
    for _, kind, text in texts("seen"):
        if kind == carrier:
            value, flagged = judged(text)
            assert flagged
            assert value <= 2.0, text


@pytest.mark.parametrize("text", BENIGN)
def test_captions_that_only_look_like_orders_keep_their_text(text: str) -> None:
    """A false flag costs a second look and nothing else: what is left is judged too."""
    spans = orders(text)
    assert without(text, spans) == text or len(spans) == 1


def test_few_benign_captions_are_flagged() -> None:
    flagged = [text for text in BENIGN if orders(text)]
    assert len(flagged) <= 1, flagged
