"""Two pictures that differ in one thing, and a sentence that says in what: pairs ``KEY_before`` and ``KEY_after``."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import orjson

from burnish.scenes import compose, draw, facts, noise, palette, writing
from burnish.scenes.kinds._base import Member
from burnish.scenes.phrasing import phrase_of
from burnish.scenes.scene import Box, Group, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a scene: `boxes` are where, in the later picture, or in the earlier one for what is gone."""

    kind: str
    says: str
    before: Scene
    after: Scene
    boxes: tuple[Box, ...]


def changes(seed: int, number: int, share: float, key: str) -> Iterator[Member]:
    """Both pictures as pairs, each an ordinary scene with its own alt text and truth."""
    change = made(seed, number)
    for suffix, scene in (("_before", change.before), ("_after", change.after)):
        whole = replace(scene, alt=noise.alt_text(scene, share))
        image = draw.png(whole)
        said = orjson.dumps({"kind": change.kind, "says": change.says, "boxes": change.boxes}).decode()
        fields = {**writing.fields(whole, f"{key}{suffix}", image), "role": suffix[1:], "change": said}
        yield Member(image=image, text=whole.alt.text, noise=whole.alt.kind, fields=fields, suffix=suffix)


def made(seed: int, number: int) -> Change:
    """The change of a number: of a kind by lot, or the next kind that this scene allows (something can always go)."""
    lots = random.Random(f"burnish change 1 {seed} {number}")
    scene = compose.scene(seed, number)
    kinds = lots.sample(list(_KINDS), len(_KINDS))
    found = (change for kind in kinds if (change := _KINDS[kind](scene, lots)) is not None)
    return next(found)


def _gone(scene: Scene, lots: random.Random) -> Change:
    group = lots.choice(scene.groups)
    after = _with(scene, group, None)
    return Change(kind="gone", says=f"{_the(group)} gone.", before=scene, after=after, boxes=group.boxes)


def _come(scene: Scene, lots: random.Random) -> Change:
    group = lots.choice(scene.groups)
    phrase = phrase_of(group.noun, len(group.boxes), _looks(group))
    says = f"{phrase[:1].upper()}{phrase[1:]} {'have' if len(group.boxes) > 1 else 'has'} been added."
    return Change(kind="come", says=says, before=_with(scene, group, None), after=scene, boxes=group.boxes)


def _fewer(scene: Scene, lots: random.Random) -> Change | None:
    several = [group for group in scene.groups if len(group.boxes) > 1]
    if not several:
        return None
    group = lots.choice(several)
    left = len(group.boxes) - 1
    now, then = phrase_of(group.noun, left, []), facts.NUMBERS[len(group.boxes)]
    after = _with(scene, group, replace(group, boxes=group.boxes[:left]))
    says = f"There {'are' if left > 1 else 'is'} now {now} where there were {then}."
    return Change(kind="fewer", says=says, before=scene, after=after, boxes=group.boxes[left:])


def _recoloured(scene: Scene, lots: random.Random) -> Change | None:
    coloured = [group for group in scene.groups if group.colour]
    if not coloured:
        return None
    group = lots.choice(coloured)
    colour = lots.choice([name for name in palette.COLOURS if name != group.colour])
    after = _with(scene, group, replace(group, colour=colour))
    says = f"{_the(group)} now {colour} instead of {group.colour}."
    return Change(kind="recoloured", says=says, before=scene, after=after, boxes=group.boxes)


def _moved(scene: Scene, lots: random.Random) -> Change | None:
    """A single thing goes to a free cell of the other half."""
    single = [group for group in scene.groups if len(group.boxes) == 1]
    for group in lots.sample(single, len(single)):
        cells = [cell for cell in _cells(scene) if _free(scene, cell)]
        for cell in lots.sample(cells, len(cells)):
            there = _into(group.boxes[0], cell)
            for here, now in (("left", "right"), ("right", "left"), ("top", "bottom"), ("bottom", "top")):
                if facts.place(scene, group.boxes, here) and facts.place(scene, [there], now):
                    after = _with(scene, group, replace(group, boxes=(there,)))
                    says = f"The {group.noun} has moved from the {here} to the {now}."
                    return Change(kind="moved", says=says, before=scene, after=after, boxes=(there,))
    return None


def _with(scene: Scene, group: Group, instead: Group | None) -> Scene:
    groups = [instead if each is group else each for each in scene.groups]
    return replace(scene, groups=tuple(each for each in groups if each is not None))


def _the(group: Group) -> str:
    several = len(group.boxes) > 1
    return f"The {phrase_of(group.noun, len(group.boxes), []).partition(' ')[2]} {'are' if several else 'is'}"


def _looks(group: Group) -> list[str]:
    return [word for word in (group.size, group.colour) if word]


def _cells(scene: Scene) -> Iterator[Box]:
    side = compose.CELL_PX
    for top in range(0, scene.height, side):
        for left in range(0, scene.width, side):
            yield left, top, left + side, top + side


def _free(scene: Scene, cell: Box) -> bool:
    boards = [board.box for board in (scene.sign, scene.chart) if board is not None]
    taken = [*boards, *(box for group in scene.groups for box in group.boxes)]
    return not any(box[0] < cell[2] and cell[0] < box[2] and box[1] < cell[3] and cell[1] < box[3] for box in taken)


def _into(box: Box, cell: Box) -> Box:
    """A box of the same size in the middle of a cell."""
    width, height = box[2] - box[0], box[3] - box[1]
    left, top = (cell[0] + cell[2] - width) // 2, (cell[1] + cell[3] - height) // 2
    return left, top, left + width, top + height


_KINDS: Mapping[str, Callable[[Scene, random.Random], Change | None]] = MappingProxyType(
    {"gone": _gone, "come": _come, "fewer": _fewer, "recoloured": _recoloured, "moved": _moved}
)

KIND = changes
