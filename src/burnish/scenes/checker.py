"""Claims against a scene's truth.

The scene is a closed world: of what the catalogue knows, everything that is not in the scene is not in the picture.
Words that neither the catalogue nor the scene knows, and attributes that a scene says nothing about, are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from burnish.claims import PICTURE, Claim, Kind, Verdict
from burnish.scenes import catalogue, facts, palette
from burnish.scenes.draw import GROUNDS
from burnish.scenes.scene import Box, Scene

_SIZES = {"large": "large", "big": "large", "huge": "large", "small": "small", "tiny": "small", "little": "small"}
_COLOURS = {*palette.COLOURS, "black", "white", "gray", "grey", "brown", "beige"}
_ITSELF = {"picture", "image", "drawing", "illustration", "scene", "photo", "background", "object", "thing", "item"}
_APART = {"on", "in", "inside", "behind", "in front of"}
"""Relations of things that touch or hide each other, which nothing in a scene does."""


@dataclass(frozen=True, slots=True)
class TruthChecker:
    """A `Checker` for one scene."""

    scene: Scene

    def __call__(self, claims: Sequence[Claim]) -> list[Verdict]:
        """One verdict a claim."""
        return [self._verdict(claim) for claim in claims]

    def _verdict(self, claim: Claim) -> Verdict:
        holds = _RULES[claim.kind](self.scene, claim)
        if holds is None:
            return Verdict.UNKNOWN
        return Verdict.SUPPORTED if holds != claim.negated else Verdict.REFUTED


def boxes_of(scene: Scene, noun: str) -> tuple[Box, ...] | None:
    """Where the things a word names are; () if there are none, None if the scene does not know the word. Of compounds
    ("alarm clock") the last word says what it is.
    """
    noun = noun if noun in catalogue.nouns() or noun in catalogue.categories() else noun.rpartition(" ")[2]
    if noun in catalogue.nouns():
        group = scene.group(catalogue.nouns()[noun])
        return group.boxes if group else ()
    if noun in catalogue.categories():
        kinds = catalogue.by_noun()
        wanted = catalogue.categories()[noun]
        return tuple(box for group in scene.groups if kinds[group.noun].category == wanted for box in group.boxes)
    part = {facts.SIGN: scene.sign, facts.CHART: scene.chart}
    if noun in part:
        found = part[noun]
        return (found.box,) if found else ()
    return None


def _existence(scene: Scene, claim: Claim) -> bool | None:
    if claim.subject in _ITSELF:
        return True
    if claim.subject == facts.BAR:
        return scene.chart is not None
    if claim.subject == "text":
        return bool(scene.texts())
    boxes = boxes_of(scene, claim.subject)
    return None if boxes is None else bool(boxes)


def _count(scene: Scene, claim: Claim) -> bool | None:
    if claim.subject == facts.BAR:
        return scene.chart is not None and str(len(scene.chart.values)) == claim.value
    boxes = boxes_of(scene, claim.subject)
    return None if boxes is None else str(len(boxes)) == claim.value


def _attribute(scene: Scene, claim: Claim) -> bool | None:
    if claim.subject == facts.BACKGROUND:
        return claim.value == scene.ground if claim.value in {*GROUNDS, *_COLOURS} else None
    boxes = boxes_of(scene, claim.subject)
    if not boxes:
        return None if boxes is None else False
    group = scene.group(catalogue.nouns().get(claim.subject, ""))
    if group is None:
        return None
    if claim.value in _COLOURS:
        return claim.value == group.colour if group.colour else None
    size = _SIZES.get(claim.value)
    return None if size is None or not group.size else size == group.size


def _relation(scene: Scene, claim: Claim) -> bool | None:
    boxes = boxes_of(scene, claim.subject)
    if not boxes:
        return None if boxes is None else False
    if claim.other == PICTURE:
        known = {*facts.PLACES, "center"}.issuperset(claim.value.split())
        return facts.place(scene, boxes, claim.value) if known else None
    others = boxes_of(scene, claim.other)
    if not others:
        return None if others is None else False
    if claim.value in _APART:
        return False
    return facts.relation(boxes, claim.value, others) if claim.value in {*facts.OPPOSITE, "next to"} else None


def _text(scene: Scene, claim: Claim) -> bool:
    wanted = f" {' '.join(claim.value.casefold().split())} "
    return any(wanted in f" {' '.join(text.casefold().split())} " for text in scene.texts())


_RULES: Mapping[Kind, Callable[[Scene, Claim], bool | None]] = {
    Kind.EXISTENCE: _existence,
    Kind.COUNT: _count,
    Kind.ATTRIBUTE: _attribute,
    Kind.RELATION: _relation,
    Kind.TEXT: _text,
}
