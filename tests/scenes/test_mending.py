"""The oracle mends what it is told to: false statements become true, true ones that it believes false are spoilt."""

from __future__ import annotations

import random

import pytest

from burnish.asks.claims import askable, checked
from burnish.claims import Verdict, bounds
from burnish.claims.rules import split
from burnish.scenes import captions, compose, facts, mending, phrasing
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import Scene
from burnish.values import Finding


def verdicts(scene: Scene, text: str) -> tuple[Finding, ...]:
    found = askable(text)
    return checked(text, {c.statement: v for c, v in zip(found, TruthChecker(scene)(found), strict=True)})


def refuted(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == Verdict.REFUTED]


def planted(scene: Scene) -> str:
    """A true opening and four more statements, two of them false where that is sure."""
    lots = random.Random(scene.number)
    said = lots.sample([fact for fact in facts.facts(scene) if fact.value != "1"], 4)
    wrong = [facts.altered(scene, fact, lots) or fact if at < 2 else fact for at, fact in enumerate(said)]
    parts = []
    for fact, shown in zip(said, wrong, strict=True):
        form = phrasing.form_of(fact, scene)
        parts.append(phrasing.say(shown, scene, lots.choice(phrasing.wordings(form, held_out=False))))
    return f"{captions.plain(scene)}. {' '.join(parts)}"


@pytest.mark.parametrize("number", range(60))
def test_nothing_false_is_left_and_nothing_else_is_touched(number: int) -> None:
    scene = compose.scene(17, number)
    text = planted(scene)
    found = verdicts(scene, text)
    after = mending.mended(scene, text, refuted(found), random.Random(0))
    assert not refuted(verdicts(scene, after))
    assert bounds.kept(text, after, found)
    lost = mending.strayed(scene, after, random.Random(0))
    assert len(lost) < len(after)
    if refuted(found):
        assert not bounds.kept(text, lost, found)


@pytest.mark.parametrize("number", range(20))
def test_what_it_wrongly_believes_refuted_becomes_false_or_goes(number: int) -> None:
    scene = compose.scene(18, number)
    text = captions.plain(scene)
    for claim in split(text):
        wrong = Finding(
            kind=str(claim.kind), says=claim.statement, verdict="refuted", start=claim.start, stop=claim.stop
        )
        after = mending.mended(scene, text, [wrong], random.Random(number))
        assert claim.key not in {each.key for each in split(after)}


def test_words_that_go_take_what_led_up_to_them_along() -> None:
    scene = compose.scene(3, 0)
    absent = facts.absent(scene, random.Random(1))
    real = captions.plain(scene)
    text = f"{real} and a {absent}"
    assert mending.mended(scene, text, refuted(verdicts(scene, text)), random.Random(0)) == real
