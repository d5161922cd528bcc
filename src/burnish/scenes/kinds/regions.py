"""Scenes whose pairs also say where each thing is: phrases with boxes, for grounding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import orjson

from burnish.scenes.kinds import scenes
from burnish.scenes.kinds._base import Member
from burnish.scenes.phrasing import phrase_of
from burnish.scenes.scene import Box, Group, Scene, from_json


def regions(seed: int, number: int, noise: float, key: str) -> Iterator[Member]:
    """As the kind `scenes`, with the field ``regions``."""
    for member in scenes.KIND(seed, number, noise, key):
        made = from_json(str(member.fields["scene"]))
        said = orjson.dumps([{"phrase": phrase, "boxes": boxes} for phrase, boxes in phrases(made)]).decode()
        yield replace(member, fields={**member.fields, "regions": said})


def phrases(scene: Scene) -> Iterator[tuple[str, tuple[Box, ...]]]:
    """Everything that can be pointed at: groups as a whole, and of several the outermost one where that is clear."""
    for group in scene.groups:
        yield (
            phrase_of(group.noun, len(group.boxes), [word for word in (group.size, group.colour) if word]),
            group.boxes,
        )
        yield from _outermost(group)
    if scene.sign is not None:
        yield f'a sign that reads "{scene.sign.text}"', (scene.sign.box,)
    if scene.chart is not None:
        yield f'a chart titled "{scene.chart.title}"', (scene.chart.box,)


_CLEAR_PX = 40
"""So much further out a box has to reach to be the outermost for everybody."""


def _outermost(group: Group) -> Iterator[tuple[str, tuple[Box, ...]]]:
    if len(group.boxes) < 2:
        return
    many = phrase_of(group.noun, len(group.boxes), [])
    for name, edge, sign in (("leftmost", 0, 1), ("rightmost", 2, -1), ("topmost", 1, 1), ("lowest", 3, -1)):
        first, second = sorted(group.boxes, key=lambda box: sign * box[edge])[:2]
        if sign * (second[edge] - first[edge]) >= _CLEAR_PX:
            yield f"the {name} of the {many}", (first,)


KIND = regions
