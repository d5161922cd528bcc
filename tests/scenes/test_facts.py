import random

import pytest

from burnish.claims import PICTURE, Claim, Kind, Verdict
from burnish.scenes import compose, facts
from burnish.scenes.checker import TruthChecker

SCENES = [compose.scene(23, number) for number in range(80)]


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: str(s.number))
def test_every_fact_is_supported_and_every_altered_one_refuted(scene):
    known = facts.facts(scene)
    assert len({fact.key for fact in known}) == len(known)
    assert set(TruthChecker(scene)(known)) == {Verdict.SUPPORTED}
    lots = random.Random(scene.number)
    wrong = [made for fact in known if (made := facts.altered(scene, fact, lots)) is not None]
    assert set(TruthChecker(scene)(wrong)) == {Verdict.REFUTED}
    assert len(wrong) >= 5


def at(left, top, side=20):
    return (left, top, left + side, top + side)


@pytest.mark.parametrize(
    ("one", "how", "other", "holds"),
    [
        ([at(0, 0)], "left of", [at(50, 0)], True),
        ([at(50, 0)], "left of", [at(0, 0)], False),
        ([at(0, 0)], "left of", [at(10, 90)], None),  # overlap: neither clearly
        ([at(0, 0), at(90, 0)], "left of", [at(50, 0)], None),  # one on each side
        ([at(0, 0)], "above", [at(0, 50)], True),
        ([at(0, 0)], "below", [at(0, 50)], False),
        ([at(0, 0)], "next to", [at(30, 0)], True),
        ([at(0, 0)], "next to", [at(300, 0)], False),
        ([at(0, 0)], "next to", [at(100, 0)], None),
    ],
)
def test_relations_of_boxes(one, how, other, holds):
    assert facts.relation(one, how, other) is holds


@pytest.mark.parametrize(
    ("box", "where", "holds"),
    [
        (at(0, 0), "left", True),
        (at(0, 0), "top left", True),
        (at(0, 0), "bottom left", False),
        (at(0, 0), "right", False),
        (at(134, 134), "left", None),
        (at(134, 134), "center", True),
        (at(0, 0), "center", False),
    ],
)
def test_places_in_a_picture(box, where, holds):
    square = next(scene for scene in SCENES if (scene.width, scene.height) == (288, 288))
    assert facts.place(square, [box], where) is holds


def claim(kind, subject, value="", other="", *, negated=False):
    return Claim(kind=kind, subject=subject, value=value, other=other, negated=negated)


def verdict(scene, *told, **more):
    return TruthChecker(scene)([claim(*told, **more)])[0]


@pytest.fixture(scope="module")
def scene():
    return next(s for s in SCENES if s.sign and any(g.colour and g.size for g in s.groups) and s.group("car") is None)


def test_denials_turn_verdicts_round(scene):
    noun = scene.groups[0].noun
    assert verdict(scene, Kind.EXISTENCE, noun, negated=True) is Verdict.REFUTED
    assert verdict(scene, Kind.EXISTENCE, "car", negated=True) is Verdict.SUPPORTED
    assert verdict(scene, Kind.EXISTENCE, "dragon", negated=True) is Verdict.UNKNOWN


def test_what_the_scene_cannot_know_is_unknown(scene):
    noun = scene.groups[0].noun
    assert verdict(scene, Kind.EXISTENCE, "dragon") is Verdict.UNKNOWN
    assert verdict(scene, Kind.ATTRIBUTE, noun, "shiny") is Verdict.UNKNOWN
    assert verdict(scene, Kind.RELATION, noun, "above", "dragon") is Verdict.UNKNOWN
    colourless = next((g.noun for g in scene.groups if not g.colour), None)
    assert colourless is None or verdict(scene, Kind.ATTRIBUTE, colourless, "red") is Verdict.UNKNOWN


def test_what_is_not_there_has_no_attributes_places_or_neighbours(scene):
    there = scene.groups[0].noun
    assert verdict(scene, Kind.ATTRIBUTE, "car", "red") is Verdict.REFUTED
    assert verdict(scene, Kind.COUNT, "car", "2") is Verdict.REFUTED
    assert verdict(scene, Kind.RELATION, "car", "left", PICTURE) is Verdict.REFUTED
    assert verdict(scene, Kind.RELATION, there, "above", "car") is Verdict.REFUTED


def test_synonyms_and_categories_are_understood():
    found = next(s for s in (compose.scene(29, n) for n in range(400)) if s.group("car"))
    count = str(len(found.group("car").boxes))
    assert verdict(found, Kind.EXISTENCE, "automobile") is Verdict.SUPPORTED
    assert verdict(found, Kind.EXISTENCE, "vehicle") is Verdict.SUPPORTED
    assert verdict(found, Kind.COUNT, "automobile", count) is Verdict.SUPPORTED


def test_writing_is_compared_word_by_word(scene):
    text = scene.sign.text
    assert verdict(scene, Kind.TEXT, "text", text.lower()) is Verdict.SUPPORTED
    assert verdict(scene, Kind.TEXT, "text", text.split()[0]) is Verdict.SUPPORTED
    assert verdict(scene, Kind.TEXT, "text", text[:-1]) is Verdict.REFUTED
