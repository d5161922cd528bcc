"""Texts that the truth knows to be broken."""

import pytest

from burnish.scenes import broken, captions, compose, questions
from burnish.scenes.judging import Judged

SCENES = [compose.scene(2, number, 0.0) for number in range(60)]


def test_a_right_text_cut_inside_a_word_is_cut():
    for scene in SCENES:
        text = captions.plain(scene)
        at = text.rfind(" ") + 3
        assert broken.how(scene, text[:at]) == (broken.CUT if at < len(text) and text[at].isalpha() else "")


def test_a_right_text_in_another_order_is_disordered():
    for scene in SCENES:
        words = captions.plain(scene).split()
        if len(words) >= 4:
            assert broken.how(scene, " ".join(reversed(words))) == broken.DISORDERED


def test_right_texts_and_single_sentences_are_whole():
    for scene in SCENES:
        whole = [scene.alt.text, scene.alt.repaired, *(make(scene) for make in captions.FORMATS.values())]
        said = [text for each in questions.negatives(scene) for text in (each.true, each.false)]
        assert not [text for text in (*whole, *said) if broken.how(scene, text)]


@pytest.mark.parametrize("ending", [" and", " and a", " of"])
def test_a_text_that_ends_where_something_has_to_come_is_cut(ending):
    scene = next(scene for scene in SCENES if ending in captions.dsc(scene))
    text = captions.dsc(scene)
    assert broken.how(scene, text[: text.index(ending) + len(ending)]) == broken.CUT


def test_a_broken_text_is_a_bad_one():
    for scene in SCENES:
        words = captions.plain(scene).split()
        if len(words) >= 4:
            assert Judged(scene, " ".join(reversed(words))).value("overall") < 3
