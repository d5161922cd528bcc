"""Truth equals pixels: what a scene says is there is there, in its colour, as often, and nothing else is."""

import io

import numpy as np
import pytest
from PIL import Image

from burnish.scenes import compose, draw, palette
from burnish.scenes.scene import AltText, Scene

SOLID = {"apple", "heart", "book", "mug", "gift", "suitcase", "boot"}
SCENES = [compose.scene(17, number) for number in range(60)]


def bare(scene):
    """The scene without anything on it."""
    empty = Scene(
        seed=0, number=0, width=scene.width, height=scene.height, ground=scene.ground, groups=(), sign=None, chart=None,
        alt=AltText(text="", kind="clean", repaired=""),
    )  # fmt: skip
    return np.asarray(draw.draw(empty)).astype(int)


def islands(mask):
    """How many connected patches a mask has."""
    rest, count = {(int(y), int(x)) for y, x in np.argwhere(mask[::2, ::2])}, 0
    while rest:
        count, reached = count + 1, [rest.pop()]
        while reached:
            y, x = reached.pop()
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & rest
            rest -= near
            reached.extend(near)
    return count


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: str(s.number))
def test_every_box_holds_something_and_nothing_is_outside_the_boxes(scene):
    changed = np.abs(np.asarray(draw.draw(scene)).astype(int) - bare(scene)).max(axis=2) > 12
    boxes = [box for group in scene.groups for box in group.boxes]
    for left, top, right, bottom in boxes:
        assert changed[top:bottom, left:right].mean() > 0.08
    for left, top, right, bottom in boxes + [part.box for part in (scene.sign, scene.chart) if part]:
        changed[top:bottom, left:right] = False
    assert not changed.any()


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: str(s.number))
def test_the_colour_said_is_the_colour_at_the_place(scene):
    picture = draw.draw(scene)
    for group in scene.groups:
        for box in group.boxes:
            if group.colour:
                assert palette.found(picture.crop(box)) == group.colour


def test_the_drawn_objects_can_be_counted():
    """Solid objects are one patch each where nothing stands near: so many patches, so many objects."""
    counted = 0
    for scene in SCENES:
        solid = [group for group in scene.groups if group.noun in SOLID]
        changed = np.abs(np.asarray(draw.draw(scene)).astype(int) - bare(scene)).max(axis=2) > 40
        for group in solid:
            only = np.zeros_like(changed)
            for left, top, right, bottom in group.boxes:
                only[top:bottom, left:right] = changed[top:bottom, left:right]
            apart = [islands(only[top:bottom, left:right]) for left, top, right, bottom in group.boxes]
            assert apart == [1] * len(group.boxes)
            counted += 1
    assert counted >= 8


def test_bars_of_a_chart_can_be_counted():
    charts = [scene for scene in (compose.scene(5, number) for number in range(120)) if scene.chart]
    assert len(charts) >= 5
    for scene in charts:
        left, top, right, bottom = scene.chart.box
        pixels = np.asarray(draw.draw(scene))[top:bottom, left:right].astype(int)
        bars = np.abs(pixels - np.array((90, 110, 140))).max(axis=2) < 8
        columns = bars.any(axis=0)
        assert int((np.diff(columns.astype(int)) == 1).sum()) == len(scene.chart.values)


def test_signs_differ_by_their_words():
    signed = next(scene for scene in SCENES if scene.sign)
    left, top, right, bottom = signed.sign.box
    board = np.asarray(draw.draw(signed))[top:bottom, left:right]
    assert (board.max(axis=2) < 60).sum() > 50, "dark letters on the board"


def test_the_same_scene_gives_the_same_file():
    assert draw.png(SCENES[0]) == draw.png(compose.scene(17, 0))
    with Image.open(io.BytesIO(draw.png(SCENES[0]))) as image:
        assert (image.size, image.mode) == ((SCENES[0].width, SCENES[0].height), "RGB")
