"""Kinds of scenes beside the plain one: what they say is drawn, and their pairs are ordinary pairs."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from burnish import api, images
from burnish.claims import Verdict
from burnish.claims.rules import split
from burnish.errors import UsageError
from burnish.scenes import compose, draw, kinds, truth, writing
from burnish.scenes.checker import TruthChecker
from burnish.scenes.kinds import changes, charts, clips, regions
from burnish.scenes.scene import from_json
from burnish.values import Pair

PAIRS = 40


def pairs(folder, kind):
    writing.write(folder, PAIRS, 4, 0.5, kind=kind)
    return [item for item in api.items(folder) if isinstance(item, Pair)]


@pytest.mark.parametrize("kind", kinds.names())
def test_a_source_of_each_kind_is_read_without_a_fault_and_comes_again_to_the_byte(tmp_path, kind):
    seen = []
    first = writing.write(tmp_path / "a", PAIRS, 4, 0.5, seen.append, kind)
    again = writing.write(tmp_path / "b", PAIRS, 4, 0.5, kind=kind)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    items = list(api.items(tmp_path / "a"))
    assert all(isinstance(item, Pair) for item in items)
    assert len(items) == len(seen) == PAIRS * (2 if kind == "changes" else 1)
    assert 0.2 < sum(noise != "clean" for noise in seen) / len(seen) < 0.9
    keys = [{key: type(value) for key, value in item.fields.items()} for item in items]
    assert all(each == keys[0] for each in keys)
    assert all(value not in ("", "[]") for item in items for value in item.fields.values())


@pytest.mark.parametrize("kind", kinds.names())
def test_the_stored_digest_is_that_of_the_picture_that_is_seen(tmp_path, kind):
    for pair in pairs(tmp_path / "s", kind):
        picture = images.decode(pair.image, 384)
        assert writing.digest(picture.rgb) == pair.fields[writing.PIXELS]


def test_an_unknown_kind_is_refused_before_a_folder_is_made(tmp_path):
    with pytest.raises(UsageError, match="clips"):
        writing.write(tmp_path / "s", 1, 0, 0.0, kind="films")
    assert not (tmp_path / "s").exists()


def test_the_pair_of_a_scene_with_regions_is_the_scenes_pair_and_its_boxes():
    (plain,) = kinds.load("scenes")(4, 1, 0.5, "k")
    (more,) = regions.KIND(4, 1, 0.5, "k")
    assert {**plain.fields, "regions": more.fields["regions"]} == more.fields
    assert plain.image == more.image


def test_regions_name_what_is_in_their_boxes():
    for number in range(PAIRS):
        scene = compose.scene(4, number)
        bare = draw.draw(scene)
        found = dict(regions.phrases(scene))
        for group in scene.groups:
            assert group.boxes in found.values()
        for phrase, boxes in found.items():
            assert all(
                0 <= left < right <= scene.width and 0 <= top < low <= scene.height for left, top, right, low in boxes
            )
            assert all(np.asarray(bare.crop(box)).std() > 0 for box in boxes), phrase
        named = [phrase for phrase in found if phrase.startswith("the leftmost")]
        for phrase in named:
            group = next(group for group in scene.groups if found[phrase][0] in group.boxes)
            assert found[phrase][0] == min(group.boxes)


def test_claims_of_charts_follow_from_the_values_that_are_drawn():
    for number in range(PAIRS):
        (member,) = charts.KIND(9, number, 0.5, "k")
        chart = json.loads(member.fields["chart"])
        values = dict(zip(chart["labels"], chart["values"], strict=True))
        assert chart["kind"] == "bar" or sum(values.values()) == 100
        for claim in json.loads(member.fields["claims"]):
            assert holds(claim["says"], chart, values) == claim["true"], claim
        answers = {each["question"]: each["answer"] for each in json.loads(member.fields["questions"])}
        assert answers["Which label has the highest value?"] == max(values, key=values.get)
        assert (member.text == member.fields["caption_repaired"]) == (member.noise == "clean")


def holds(says, chart, values):
    """The truth of a sentence by other means than those it was made with."""
    words = says.rstrip(".").split()
    if "titled" in words:
        return json.dumps(chart["title"]) in says
    if words[:3] == ["The", "chart", "has"]:
        return int(words[3]) == len(values)
    if words[-2:] == ["highest", "value"]:
        return words[0] == max(values, key=values.get)
    if "higher" in words:
        return values[words[0]] > values[words[-1]]
    return str(values[words[0]]) == words[4]


def test_bars_are_as_high_as_their_values_say():
    for number in range(PAIRS):
        (member,) = charts.KIND(9, number, 0.0, "k")
        chart = json.loads(member.fields["chart"])
        pixels = np.asarray(Image.open(io.BytesIO(member.image)).convert("RGB"))
        if chart["kind"] == "bar":
            for box in chart["boxes"]:
                inside = pixels[box[1] + 2 : box[3] - 2, box[0] + 2 : box[2] - 2].reshape(-1, 3)
                assert len(np.unique(inside, axis=0)) <= 1
            heights = [box[3] - box[1] for box in chart["boxes"]]
            assert sorted(heights) == [height for _, height in sorted(zip(chart["values"], heights, strict=True))]


def test_a_change_is_the_only_difference_and_lies_where_it_is_said_to():
    seen = set()
    for number in range(PAIRS):
        change = changes.made(4, number)
        seen.add(change.kind)
        before, after = (np.asarray(draw.draw(scene)).astype(int) for scene in (change.before, change.after))
        differs = np.argwhere(np.abs(before - after).sum(axis=2) > 0)
        assert len(differs)
        groups = [group for scene in (change.before, change.after) for group in scene.groups]
        moved = [box for group in groups for box in group.boxes if change.kind == "moved"]
        boxes = [*change.boxes, *moved]
        assert all(any(b[0] <= x < b[2] and b[1] <= y < b[3] for b in boxes) for y, x in differs), change
        assert change.says.endswith(".")
    assert seen == {"gone", "come", "fewer", "recoloured", "moved"}


def test_both_pictures_of_a_change_are_scenes_that_the_truth_knows(tmp_path):
    found = pairs(tmp_path / "s", "changes")
    known = truth.load(str(tmp_path / "s"))
    for pair in found:
        assert known.of_picture(images.decode(pair.image, 384)) == from_json(pair.fields["scene"])
    assert [pair.fields["role"] for pair in found[:2]] == ["before", "after"]
    assert found[0].fields["change"] == found[1].fields["change"]


def test_frames_of_a_clip_show_what_is_said_of_each(tmp_path):
    for number in range(12):
        (member,) = clips.KIND(4, number, 0.5, "k")
        clip = clips.made(4, number, 0.5)
        motion = json.loads(member.fields["motion"])
        axis = 0 if motion["direction"] in {"left", "right"} else 1
        starts = [box[axis] for box in motion["boxes"]]
        assert starts == sorted(starts, reverse=motion["direction"] in {"left", "up"})
        with Image.open(io.BytesIO(member.image)) as opened:
            assert opened.n_frames == clips.FRAMES
            for at in range(clips.FRAMES):
                opened.seek(at)
                drawn = draw.draw(clip.frame(at))
                assert np.array_equal(np.asarray(opened.convert("RGB")), np.asarray(drawn))


def test_nothing_stands_in_the_way_of_what_moves_and_the_right_text_is_true():
    for number in range(PAIRS):
        clip = clips.made(4, number)
        for at in range(clips.FRAMES):
            frame = clip.frame(at)
            mover = frame.group(clip.noun).boxes[0]
            others = [box for group in frame.groups if group.noun != clip.noun for box in group.boxes]
            assert others
            assert not any(a[0] < mover[2] and mover[0] < a[2] and a[1] < mover[3] and mover[1] < a[3] for a in others)
        claims = split(clip.scene.alt.repaired)
        assert Verdict.REFUTED not in TruthChecker(clip.scene)(claims), clip.scene.alt


def test_texts_of_clips_are_spoilt_by_the_direction():
    clip = next(c for c in (clips.made(4, n, 1.0) for n in range(9)) if c.direction == "up")
    assert "from top to bottom" in clip.scene.alt.text
    assert "from bottom to top" in clip.scene.alt.repaired
