"""The scenes that a tiny captioner learns from, as numbers: pixels, texts, and what each patch of the picture shows.

Pairs of an object and a colour in `HELD_OUT` never occur in them, so that it can be measured whether colours and
objects are learnt apart.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from burnish.scenes import catalogue, compose, draw, facts, noise, palette
from burnish.scenes.scene import Box, Scene
from burnish.values import Picture

HELD_OUT_EVERY = 7
FIRST_SEED = 500_000
"""Seeds of scenes to learn from count from here; those of measurements are below."""
NOISE = (0.5, 0.0)
"""Of alt texts, in turns: names, which fused captions have to keep, stand only in clean ones."""
NUMBERS = ("a", *facts.NUMBERS[2:7])
MIN_SHARE = 0.35
"""Of a patch that an object's box has to cover for the patch to show it."""
NOTHING = -100
"""No target, as `torch.nn.functional.cross_entropy` has it."""


def held_out(noun: str, colour: str) -> bool:
    """Whether no scene to learn from has such an object."""
    kinds = [thing.noun for thing in catalogue.objects() if thing.recolour]
    if noun not in kinds or not colour:
        return False
    return (kinds.index(noun) + list(palette.COLOURS).index(colour)) % HELD_OUT_EVERY == 0


def fresh(scene: Scene) -> bool:
    """Whether a scene shows something held out."""
    return any(held_out(group.noun, group.colour) for group in scene.groups)


def stream(seed: int, first: int = 0) -> Iterator[Scene]:
    """Scenes to learn from, without end; `first` of them are left out."""
    lots = random.Random(f"captioner {seed}")
    number = 0
    while True:
        made = compose.scene(FIRST_SEED + seed, number, lots.choice(NOISE))
        number += 1
        if not fresh(made):
            first -= 1
            if first < 0:
                yield made


def named(scene: Scene, lots: random.Random) -> Scene:
    """The same scene with an alt text that has names in it, and in half of the cases a false one."""
    while not scene.alt.true_names:
        other = replace(scene, seed=FIRST_SEED, number=lots.randrange(1 << 30))
        scene = replace(scene, alt=noise.alt_text(other, 0.0))
    return scene


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """A scene with its picture, whole and in the size that the tower takes."""

    scene: Scene
    picture: Picture
    small: NDArray[np.uint8]


def shown(scene: Scene, side_px: int) -> Shown:
    """As the SigLIP processor makes it small, so that training sees what is seen at run time."""
    image = draw.draw(scene)
    rgb = np.asarray(image)
    picture = Picture(rgb=rgb, width=image.width, height=image.height, format="PNG", mode="RGB")
    small = image.resize((side_px, side_px), Image.Resampling.BICUBIC)
    return Shown(scene=scene, picture=picture, small=np.asarray(small))


def words() -> dict[str, list[str]]:
    """By kind. Of nouns both numbers; a form that is its own plural stands once."""
    forms = [form for thing in catalogue.objects() for form in (thing.noun, thing.plural)]
    return {
        "noun": list(dict.fromkeys([*forms, facts.SIGN, facts.CHART])),
        "number": list(NUMBERS),
        "colour": list(palette.COLOURS),
        "ground": list(draw.GROUNDS),
        "writing": [*compose.WORDS, *compose.TITLES],
    }


PLACES = {"across": ("left", "right"), "down": ("top", "bottom"), "size": ("large", "small")}
"""What is asked of a patch that has no word of its own in every caption: one of the two, or neither (the third)."""


def targets(scene: Scene, across: int) -> dict[str, NDArray[np.int64]]:
    """For each kind of `words` and of `PLACES` the place of the right word for each of `across` x `across` patches,
    row by row; `NOTHING` where there is none.
    """
    known = words()
    found = {kind: np.full(across * across, NOTHING, np.int64) for kind in (*known, *PLACES)}
    taken = np.zeros(across * across, bool)
    for group in scene.groups:
        many = len(group.boxes) > 1
        noun = catalogue.by_noun()[group.noun].plural if many else group.noun
        said = {"noun": noun, "number": NUMBERS[len(group.boxes) - 1], "colour": group.colour}
        there = _patches(scene, group.boxes, across)
        taken |= there
        _mark(found, known, there, said)
        for kind, pair in PLACES.items():
            holds = [_holds(scene, group.boxes, word, group.size) for word in pair]
            if None not in holds:
                found[kind][there] = holds.index(True) if True in holds else 2
    if (board := scene.sign or scene.chart) is not None:
        there = _patches(scene, [board.box], across)
        taken |= there
        said = {"noun": facts.SIGN, "writing": scene.texts()[0].split()[0]}
        if scene.chart is not None:
            said |= {"noun": facts.CHART, "number": NUMBERS[len(scene.chart.values) - 1]}
        _mark(found, known, there, said)
    _mark(found, known, ~taken, {"ground": scene.ground})
    return found


def _mark(
    found: Mapping[str, NDArray[np.int64]],
    known: Mapping[str, Sequence[str]],
    there: NDArray[np.bool_],
    said: Mapping[str, str],
) -> None:
    for kind, word in said.items():
        if word:
            found[kind][there] = known[kind].index(word)


def _holds(scene: Scene, boxes: Sequence[Box], word: str, size: str) -> bool | None:
    return size == word if word in PLACES["size"] else facts.place(scene, boxes, word)


def _patches(scene: Scene, boxes: Sequence[Box], across: int) -> NDArray[np.bool_]:
    """Which patches one of the boxes covers, of each box at least the one it covers most."""
    found = np.zeros(across * across, bool)
    for left, top, right, bottom in boxes:
        wide = _overlap(left / scene.width * across, right / scene.width * across, across)
        high = _overlap(top / scene.height * across, bottom / scene.height * across, across)
        covered = np.outer(high, wide).ravel()
        found |= covered >= MIN_SHARE
        found[covered.argmax()] = True
    return found


def _overlap(start: float, stop: float, across: int) -> NDArray[np.float64]:
    at = np.arange(across)
    return np.clip(np.minimum(stop, at + 1) - np.maximum(start, at), 0, None)


def as_written(scene: Scene, hands: int) -> Scene:
    """The same scene told in one of `hands` choices of wordings: a captioner has a style of its own."""
    return replace(scene, seed=0, number=scene.number % hands)
