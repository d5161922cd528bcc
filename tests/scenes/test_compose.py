from itertools import combinations

import pytest

from burnish.errors import UsageError
from burnish.scenes import catalogue, compose
from burnish.scenes.scene import from_json

KNOWN = (384, 288, "striped", [("laptop", 1, "", ""), ("key", 1, "", ""), ("elephant", 3, "large", "")])
"""Of seed 0, number 1: data sets that were made with this version can be made again."""

SCENES = [compose.scene(3, number) for number in range(150)]


def boxes(scene):
    found = [box for group in scene.groups for box in group.boxes]
    return found + [part.box for part in (scene.sign, scene.chart) if part]


def test_a_scene_depends_on_its_seed_and_number_only():
    assert compose.scene(3, 7) == SCENES[7]
    assert compose.scene(4, 7) != SCENES[7]
    assert len({scene.to_json() for scene in SCENES}) == len(SCENES)


def test_a_known_scene_is_still_the_same():
    scene = compose.scene(0, 1)
    told = [(group.noun, len(group.boxes), group.size, group.colour) for group in scene.groups]
    assert (scene.width, scene.height, scene.ground, told) == KNOWN


def test_noise_in_the_text_does_not_change_the_picture():
    quiet, loud = compose.scene(3, 9, 0.0), compose.scene(3, 9, 1.0)
    assert quiet.groups == loud.groups
    assert quiet.alt.kind in {"clean", "partly_true"}  # planted false names make a clean text partly true
    assert loud.alt.kind != "clean"


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: str(s.number))
def test_nothing_overlaps_or_leaves_the_picture(scene):
    assert max(scene.width, scene.height) <= compose.MAX_SIDE_PX
    for left, top, right, bottom in boxes(scene):
        assert 0 <= left < right <= scene.width
        assert 0 <= top < bottom <= scene.height
    for a, b in combinations(boxes(scene), 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_scenes_are_varied():
    assert {group.noun for scene in SCENES for group in scene.groups} >= {t.noun for t in catalogue.objects()[:20]}
    assert {len(group.boxes) for scene in SCENES for group in scene.groups} == {1, 2, 3, 4}
    assert (
        {scene.sign is not None for scene in SCENES} == {scene.chart is not None for scene in SCENES} == {True, False}
    )
    assert len({scene.ground for scene in SCENES}) == 6


def test_groups_of_a_scene_differ_and_only_what_can_be_recoloured_has_a_colour():
    for scene in SCENES:
        nouns = [group.noun for group in scene.groups]
        assert len(nouns) == len(set(nouns)) >= 3
        assert all(bool(group.colour) == catalogue.by_noun()[group.noun].recolour for group in scene.groups)


def test_scenes_survive_json():
    assert [from_json(scene.to_json()) for scene in SCENES] == SCENES


@pytest.mark.parametrize("text", ["", "{", "[]", '"a"', "{}", '{"version": 1}', '{"version": 99}', "null"])
def test_what_is_no_scene_is_refused(text):
    with pytest.raises(UsageError):
        from_json(text)
