"""What is true of a scene, as claims; and false ones that differ from a true one in one thing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from burnish.claims import PICTURE, Claim, Kind
from burnish.scenes import catalogue, palette
from burnish.scenes.draw import GROUNDS
from burnish.scenes.scene import Box, Group, Scene

OPPOSITE = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
PLACES = ("left", "right", "top", "bottom")
_ACROSS = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
BACKGROUND = "background"
SIGN = "sign"
CHART = "chart"
BAR = "bar"
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_SLACK = 0.03
"""Of the picture's side: an object whose middle is that near the picture's is in neither half for certain."""
_NEAR_PX = 40
_FAR_PX = 130


def facts(scene: Scene) -> tuple[Claim, ...]:
    """Everything a caption could say of the scene and be right, the groups' own facts first."""
    found = [fact for group in scene.groups for fact in of_group(scene, group)]
    for a, b in permutations(scene.groups, 2):
        found += [_relation(a, how, b) for how in OPPOSITE if relation(a.boxes, how, b.boxes)]
    found.append(Claim(kind=Kind.ATTRIBUTE, subject=BACKGROUND, value=scene.ground))
    if scene.sign is not None:
        found.append(Claim(kind=Kind.EXISTENCE, subject=SIGN))
    if scene.chart is not None:
        found.append(Claim(kind=Kind.EXISTENCE, subject=CHART))
        found.append(Claim(kind=Kind.COUNT, subject=BAR, value=str(len(scene.chart.values))))
    found += [Claim(kind=Kind.TEXT, subject="text", value=text) for text in scene.texts()]
    board = scene.sign or scene.chart
    if board is not None:
        noun = SIGN if scene.sign else CHART
        where = [at for at in PLACES if place(scene, [board.box], at)]
        found += [Claim(kind=Kind.RELATION, subject=noun, value=at, other=PICTURE) for at in where]
    return tuple(found)


def of_group(scene: Scene, group: Group) -> list[Claim]:
    """What is true of one group by itself."""
    noun = group.noun
    found = [Claim(kind=Kind.EXISTENCE, subject=noun)]
    found.append(Claim(kind=Kind.COUNT, subject=noun, value=str(len(group.boxes))))
    found += [Claim(kind=Kind.ATTRIBUTE, subject=noun, value=word) for word in (group.size, group.colour) if word]
    where = [at for at in PLACES if place(scene, group.boxes, at)]
    found += [Claim(kind=Kind.RELATION, subject=noun, value=at, other=PICTURE) for at in where]
    return found


def _relation(a: Group, how: str, b: Group) -> Claim:
    return Claim(kind=Kind.RELATION, subject=a.noun, value=how, other=b.noun)


def relation(one: Sequence[Box], how: str, other: Sequence[Box]) -> bool | None:
    """Whether all of `one` are `how` (left of, right of, above, below, next to) all of `other`; None: neither clearly
    so nor clearly not.
    """
    pairs = [(a, b) for a in one for b in other]
    if how == "next to":
        gap = min(max(b[0] - a[2], a[0] - b[2], b[1] - a[3], a[1] - b[3]) for a, b in pairs)
        return True if gap <= _NEAR_PX else False if gap >= _FAR_PX else None
    axis, forward = {"left of": (0, True), "right of": (0, False), "above": (1, True), "below": (1, False)}[how]
    ordered = pairs if forward else [(b, a) for a, b in pairs]
    if all(a[axis + 2] <= b[axis] for a, b in ordered):
        return True
    return False if all(_middle(a, axis) >= _middle(b, axis) for a, b in ordered) else None


def place(scene: Scene, boxes: Sequence[Box], where: str) -> bool | None:
    """Whether all `boxes` lie in a half of the picture ("left", "top left", ...) or in its "center"; None as above."""
    parts = [_part(scene, boxes, word) for word in where.split()]
    return False if False in parts else None if None in parts else True


def _part(scene: Scene, boxes: Sequence[Box], word: str) -> bool | None:
    if word == "center":
        off = [max(abs(at - 0.5) for at in _shares(scene, box)) for box in boxes]
        return True if max(off) <= 1 / 6 else False if min(off) >= 1 / 4 else None
    axis, sign = {"left": (0, -1), "right": (0, 1), "top": (1, -1), "bottom": (1, 1)}[word]
    off = [sign * (_shares(scene, box)[axis] - 0.5) for box in boxes]
    return True if min(off) > _SLACK else False if max(off) < -_SLACK else None


def _shares(scene: Scene, box: Box) -> tuple[float, float]:
    return _middle(box, 0) / scene.width, _middle(box, 1) / scene.height


def _middle(box: Box, axis: int) -> float:
    return (box[axis] + box[axis + 2]) / 2


def altered(scene: Scene, fact: Claim, lots: random.Random) -> Claim | None:
    """`fact` with one thing changed so that it is false by construction; None where there is no sure way."""
    if fact.kind is Kind.EXISTENCE:
        return None if fact.subject in {SIGN, CHART} else replace(fact, subject=absent(scene, lots))
    return replace(fact, value=_other_value(fact, lots))


def _other_value(fact: Claim, lots: random.Random) -> str:
    match fact.kind:
        case Kind.COUNT:
            return lots.choice([str(number) for number in range(2, 7) if str(number) != fact.value])
        case Kind.ATTRIBUTE:
            return lots.choice([word for word in _like(fact) if word != fact.value])
        case Kind.RELATION:
            return (_ACROSS if fact.other == PICTURE else OPPOSITE)[fact.value]
        case _:
            return f"{lots.choice(('Closed', 'Hotel', 'Fresh', 'Winter'))} {lots.randint(100, 999)}"


def absent(scene: Scene, lots: random.Random) -> str:
    """A noun of the catalogue that is not in the scene."""
    there = {group.noun for group in scene.groups}
    return lots.choice([thing.noun for thing in catalogue.objects() if thing.noun not in there])


def _like(fact: Claim) -> list[str]:
    """The words of the kind that an attribute is of."""
    if fact.subject == BACKGROUND:
        return list(GROUNDS)
    return list(palette.COLOURS) if fact.value in palette.COLOURS else ["large", "small"]
