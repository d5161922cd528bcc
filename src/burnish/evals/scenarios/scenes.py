"""Scenes with known truth: fresh ones of each seed, or those of a source (scenes:SRC; the oracle needs the same one).

Beside each picture stand its clean caption, its alt text if that is spoilt, and of each kind of fact (object,
attribute, count, relation, text) a true sentence and the same one with that fact turned false. Scenes' seeds below
`FIRST` are left to other uses, those from 500,000 on train models of ours.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

from burnish import images
from burnish.errors import UsageError
from burnish.evals.scenarios import Given, NothingThereError
from burnish.evals.trials import Item
from burnish.scenes import captions, compose, draw, questions, truth
from burnish.scenes.judging import Judged
from burnish.scenes.scene import Scene
from burnish.values import Picture

FIRST = 7_000
CRITERIA = ("overall", "text_quality", "image_text_matching", "object_detail", "text_chart_description")


def scenes(given: Given) -> Iterator[Item]:
    """The items of each scene. Raises `NothingThereError` for a source without scenes."""
    empty = True
    for group, picture, scene in pictured(given):
        empty = False
        yield from _items(group, picture, scene, given.seed)
    if empty:
        raise NothingThereError(f"no pair of {given.source} is a scene.\nMake some with: burnish scenes -o OUT")


def pictured(given: Given) -> Iterator[tuple[str, Picture, Scene]]:
    """Each scene with its name and its picture."""
    for group, image, scene in islice(_drawn(given) if not given.source else _read(given), given.limit):
        picture = images.decode(image, given.side_px)
        if not isinstance(picture, Picture):
            raise UsageError(f"{group}: the picture of this scene cannot be decoded: {picture.detail}.")
        yield group, picture, scene


def _drawn(given: Given) -> Iterator[tuple[str, bytes, Scene]]:
    seed = FIRST + given.seed
    for number in range(given.limit):
        scene = compose.scene(seed, number, 1.0)
        yield f"{seed}-{number}", draw.png(scene), scene


def _read(given: Given) -> Iterator[tuple[str, bytes, Scene]]:
    known = ((f"{scene.seed}-{scene.number}", pair.image, scene) for pair, scene in truth.scenes(given.source))
    return (each for each in known if given.takes(each[0]))


def _items(group: str, picture: Picture, scene: Scene, seed: int) -> Iterator[Item]:
    def item(name: str, text: str, kind: str = "", base: str = "") -> Item:
        judged = Judged(scene, text)
        known = {criterion: value for criterion in CRITERIA if (value := judged.value(criterion)) is not None}
        said = f"{group}/{base}" if base else ""
        return Item(key=f"{group}/{name}", picture=picture, text=text, kind=kind, group=group, base=said, truth=known)

    yield item("caption", captions.plain(scene))
    if scene.alt.kind != "clean":
        yield item("alt", scene.alt.text, scene.alt.kind, "caption")
    lots = random.Random(f"burnish evaluate scenes 1 {seed} {group}")
    by_kind: dict[str, list[questions.Negative]] = {}
    for each in questions.negatives(scene):
        by_kind.setdefault(each.kind, []).append(each)
    for kind, several in by_kind.items():
        one = lots.choice(several)
        yield item(f"{kind}-true", one.true)
        yield item(f"{kind}-false", one.false, f"false_{kind}", f"{kind}-true")


SCENARIO = scenes
