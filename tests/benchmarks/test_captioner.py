"""The yardstick of the trained captioner: what it is taught is true, and what is measured is told from chance."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from benchmarks import captioner_measures as measures
from benchmarks import captioner_page, captioner_sources
from burnish.contract import Given
from burnish.scenes import captions, compose, facts
from burnish.scenes.scene import Scene
from burnish.values import Caption, Draft
from tools import captioner_scenes
from tools.captioner_lessons import CONTRACTS, right, wrong
from tools.captioner_scenes import NOTHING, Shown

ACROSS = 8


def scenes(count: int, seed: int = 5) -> list[Scene]:
    return [compose.scene(seed, number) for number in range(count)]


def told(count: int) -> list[measures.Told]:
    """Scenes with the captions they were made with."""
    return measures.true([measures.Told(scene=scene, captions={}) for scene in scenes(count)])


def test_no_scene_to_learn_from_has_an_object_in_a_colour_that_is_held_out() -> None:
    learnt = {(g.noun, g.colour) for scene in islice(captioner_scenes.stream(0), 300) for g in scene.groups if g.colour}
    measured = {(g.noun, g.colour) for scene in scenes(300) for g in scene.groups if g.colour}
    assert not any(captioner_scenes.held_out(*pair) for pair in learnt)
    new = [pair for pair in measured if captioner_scenes.held_out(*pair)]
    assert 0.05 < len(new) / len(measured) < 0.3
    assert {noun for noun, _ in new} <= {noun for noun, _ in learnt}


def test_a_stream_that_is_gone_on_with_gives_the_scenes_that_would_have_come() -> None:
    whole = list(islice(captioner_scenes.stream(3), 12))
    assert list(islice(captioner_scenes.stream(3, 7), 5)) == whole[7:]


@pytest.mark.parametrize("scene", scenes(6), ids=lambda scene: str(scene.number))
def test_patches_are_called_what_lies_over_them(scene: Scene) -> None:
    found = captioner_scenes.targets(scene, ACROSS)
    words = captioner_scenes.words()
    for group in scene.groups:
        left, top, right_, bottom = group.boxes[0]
        column = int((left + right_) / 2 / scene.width * ACROSS)
        row = int((top + bottom) / 2 / scene.height * ACROSS)
        at = row * ACROSS + column
        assert words["noun"][found["noun"][at]].startswith(group.noun[:2])
        assert words["number"][found["number"][at]] == ("a", *facts.NUMBERS[2:])[len(group.boxes) - 1]
        assert found["ground"][at] == NOTHING
    bare = found["ground"] != NOTHING
    assert bare.any()
    assert np.all(found["noun"][bare] == NOTHING)


@pytest.mark.parametrize("form", measures.FORMATS)
def test_what_is_taught_keeps_its_format_and_what_is_to_be_mended_does_not(form: str) -> None:
    import random

    lots, missed = random.Random(0), 0
    for scene in scenes(40):
        given = Given(text=scene.alt.text if CONTRACTS[form].format.sees_text else "")
        assert not CONTRACTS[form].flaws(right(scene, form), given)
        missed += bool(CONTRACTS[form].flaws(Draft(text=wrong(scene, form, lots)), given))
    assert missed >= 30


def test_a_scene_gets_names_in_its_alt_text_and_stays_the_same() -> None:
    import random

    lots = random.Random(0)
    for scene in scenes(40):
        made = captioner_scenes.named(scene, lots)
        assert made.alt.true_names
        assert replace(made, alt=scene.alt) == scene
        assert captions.plain(scene) in made.alt.text or scene.alt is made.alt
    assert len({captioner_scenes.named(scenes(1)[0], lots).alt.text for _ in range(5)}) > 1


def test_truth_is_told_from_chance() -> None:
    right_ = told(30)
    arms = {"model": right_, "other scenes": measures.shuffled(right_), "best constant": measures.constant(right_)}
    for form in measures.FORMATS:
        found = measures.of_format(arms, form)
        assert found["model"]["precision"] == [1.0, 1.0, 1.0]
        for chance in ("other scenes", "best constant"):
            point, low, high = found[chance]["model is above by"]
            assert 0.6 < low <= point <= high


def test_chance_is_not_above_itself() -> None:
    wrong_ = measures.shuffled(told(30))
    arms = {"model": wrong_, "other scenes": measures.shuffled(wrong_)}
    _, low, high = measures.of_format(arms, "dsc")["other scenes"]["model is above by"]
    assert low < 0.02
    assert high < 0.1


def test_denser_formats_say_more_and_a_caption_that_is_missing_counts_nowhere() -> None:
    some = told(20)
    found = measures.steps(some)
    assert found["ssc"][0] < found["dsc"][0] < found["dsc+"][0]
    assert found["dsc - ssc"][1] > 0
    without = [*some, measures.Told(scene=scenes(21)[-1], captions={}, flags=("no_dsc:too_short",))]
    assert measures.steps(without) == found
    assert measures.contracts(without)["dsc"] == {"asked": 21, "written": 20, "no:too_short": 1}


def test_names_are_counted_as_kept_left_out_and_listed() -> None:
    named = next(s for s in scenes(400) if s.alt.true_names and s.alt.false_names)
    text = f"A dog. The names beside it are {named.alt.true_names[0]}."
    left = right(named, "afc").edits
    one = measures.Told(scene=named, captions={"afc": (Caption(text=text, role="afc", maker="m", edits=left),)})
    found = measures.names([one])
    assert (found["true"], found["true kept"]) == (3, 1)
    assert (found["false"], found["false listed as left out"]) == (1, 1)


def test_what_became_of_texts_with_names_is_shown_written_or_not() -> None:
    both = [scene for scene in scenes(400) if scene.alt.true_names and scene.alt.false_names][:2]
    written, missing = measures.true([measures.Told(scene=scene, captions={}) for scene in both])
    refused = replace(missing, captions={}, flags=("no_afc:facts_lost",))
    shown = captioner_page.fused([replace(written, captions=taught(written.scene)), refused, written], 2)
    assert both[0].alt.true_names[0] in shown[0]["text"]
    assert both[0].alt.false_names[0] in shown[0]["left"]
    assert (shown[1]["text"], shown[1]["why"]) == ("", "no_afc:facts_lost")
    assert len(shown) == 2


def taught(scene: Scene) -> dict[str, tuple[Caption, ...]]:
    """The fused caption that a scene teaches."""
    wanted = right(scene, "afc")
    return {"afc": (Caption(text=wanted.text, role="afc", maker="m", edits=wanted.edits),)}


def test_colours_of_new_pairs_are_counted_apart() -> None:
    both = [s for s in scenes(400) if captioner_scenes.fresh(s)][:10]
    found = measures.colours(measures.true([measures.Told(scene=s, captions={}) for s in both]))
    new = found["never seen in training"]
    assert new["named"] == new["right"] > 0


def test_examples_go_from_the_best_to_the_worst() -> None:
    some = told(12)
    beside = measures.shuffled(some)
    mixed = [*some[:6], *(measures.Told(scene=o.scene, captions=o.captions) for o in beside[6:])]
    shown = captioner_page.examples(mixed, 8)
    assert len({one["number"] for one in shown}) == 8
    assert not shown[0]["false"]
    assert shown[-1]["false"]


def test_seeds_of_training_are_not_measured_on(tmp_path: object) -> None:
    with pytest.raises(ValueError, match="for training"):
        captioner_sources.write(tmp_path, 1, 1, captioner_scenes.FIRST_SEED)  # type: ignore[arg-type]


def test_a_picture_is_made_small_as_the_models_processor_makes_it() -> None:
    siglip = pytest.importorskip(
        "transformers.models.siglip.image_processing_pil_siglip", reason="models need the extra [transformers]"
    )
    one: Shown = captioner_scenes.shown(scenes(1)[0], 64)
    made = siglip.SiglipImageProcessorPil(size={"height": 64, "width": 64})(one.picture.rgb, return_tensors="np")
    seen = np.asarray(made["pixel_values"][0]).transpose(1, 2, 0)
    assert np.abs(seen - (one.small / 127.5 - 1.0)).max() < 0.02


def test_a_format_that_nobody_wrote_has_no_figure() -> None:
    none = [measures.Told(scene=scene, captions={}) for scene in scenes(5)]
    found = measures.of_format({"model": none, "other scenes": measures.shuffled(none)}, "dsc")
    assert found["model"]["precision"] == found["other scenes"]["model is above by"] == []
