"""Short clips: one thing crosses the picture while all others stand still; an animated WebP with the truth by frame.

The pair's `scene` is the first frame's, which is what readers of still pictures see.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import orjson

from burnish.scenes import captions, compose, draw, writing
from burnish.scenes.kinds._base import Member
from burnish.scenes.phrasing import phrase_of
from burnish.scenes.scene import AltText, Box, Group, Scene

FRAMES = 8
FRAME_MS = 125
_DIRECTIONS = {"right": (0, 1), "left": (0, -1), "down": (1, 1), "up": (1, -1)}
_FROM_TO = {
    "right": "from left to right",
    "left": "from right to left",
    "down": "from top to bottom",
    "up": "from bottom to top",
}
_FAR_OFF = 1_000_000_007
"""Numbers so far apart are not used together."""
_OPPOSITE = {"right": "left", "left": "right", "down": "up", "up": "down"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """`scene` is the first frame's truth; `boxes` are where `noun` is in each frame."""

    scene: Scene
    noun: str
    direction: str
    boxes: tuple[Box, ...]

    def frame(self, number: int) -> Scene:
        """The truth of a frame."""
        moved = tuple(
            replace(group, boxes=(self.boxes[number],)) if group.noun == self.noun else group
            for group in self.scene.groups
        )
        return replace(self.scene, groups=moved)


def clips(seed: int, number: int, noise: float, key: str) -> Iterator[Member]:
    """One clip; of the spoilt texts each says the opposite direction."""
    clip = made(seed, number, noise)
    drawn = [draw.draw(clip.frame(at)) for at in range(FRAMES)]
    file = io.BytesIO()
    drawn[0].save(file, "WEBP", save_all=True, append_images=drawn[1:], duration=FRAME_MS, loop=0, lossless=True)
    said = {"noun": clip.noun, "direction": clip.direction, "frame_ms": FRAME_MS, "boxes": clip.boxes}
    fields = {**writing.fields(clip.scene, key, file.getvalue()), "motion": orjson.dumps(said).decode()}
    alt = clip.scene.alt
    yield Member(image=file.getvalue(), text=alt.text, noise=alt.kind, fields=fields, ending="webp")


def made(seed: int, number: int, noise: float = 0.0) -> Clip:
    """The clip of a number. The lane of what moves is cleared of everything else."""
    lots = random.Random(f"burnish clip 1 {seed} {number}")
    still, mover, direction, boxes = next(_arranged(seed, number, lots))
    right, wrong = (_says(still, mover, way) for way in (direction, _OPPOSITE[direction]))
    spoilt = lots.random() < noise
    alt = AltText(text=wrong if spoilt else right, kind="partly_true" if spoilt else "clean", repaired=right)
    return Clip(scene=replace(still, alt=alt), noun=mover.noun, direction=direction, boxes=boxes)


def _arranged(seed: int, number: int, lots: random.Random) -> Iterator[tuple[Scene, Group, str, tuple[Box, ...]]]:
    """Scenes in which something crosses and something else is left standing: every mover and direction of the number's
    own scene, then of others far off.
    """
    for apart in count(0, _FAR_OFF):
        scene = replace(compose.scene(seed, number + apart), number=number, sign=None, chart=None)
        ways = [(mover, direction) for mover in scene.groups for direction in _DIRECTIONS]
        for mover, direction in lots.sample(ways, len(ways)):
            axis, sign = _DIRECTIONS[direction]
            boxes = _way(scene, mover.boxes[0], axis, sign)
            lane = range(boxes[0][1 - axis], boxes[0][3 - axis])
            others = [_cleared(group, lane, 1 - axis) for group in scene.groups if group is not mover]
            left = tuple(group for group in others if group is not None)
            if left:
                yield replace(scene, groups=(replace(mover, boxes=boxes[:1]), *left)), mover, direction, boxes


def _way(scene: Scene, box: Box, axis: int, sign: int) -> tuple[Box, ...]:
    """The boxes of all frames, from one edge to the other."""
    size = box[axis + 2] - box[axis]
    room = (scene.width, scene.height)[axis] - size
    starts = [room * at // (FRAMES - 1) for at in range(FRAMES)]
    found = []
    for start in starts if sign > 0 else reversed(starts):
        moved = list(box)
        moved[axis], moved[axis + 2] = start, start + size
        found.append((moved[0], moved[1], moved[2], moved[3]))
    return tuple(found)


def _cleared(group: Group, lane: range, axis: int) -> Group | None:
    """The group without what stands in the lane; None if nothing is left."""
    boxes = tuple(box for box in group.boxes if box[axis] >= lane.stop or box[axis + 2] <= lane.start)
    return replace(group, boxes=boxes) if boxes else None


def _says(scene: Scene, mover: Group, direction: str) -> str:
    thing = phrase_of(mover.noun, 1, [word for word in (mover.size, mover.colour) if word])
    others = [phrase_of(g.noun, len(g.boxes), [g.colour] if g.colour else []) for g in scene.groups[1:]]
    beside = f" The picture also shows {captions.listed(others)}." if others else ""
    return f"{thing[:1].upper()}{thing[1:]} moves {_FROM_TO[direction]}.{beside}"


KIND = clips
