from collections import Counter

import pytest

from burnish.claims import Verdict
from burnish.claims.rules import split
from burnish.scenes import captions, compose, noise
from burnish.scenes.checker import TruthChecker

NOISY = [compose.scene(41, number, 1.0) for number in range(240)]


def of(kind):
    return [scene for scene in NOISY if scene.alt.kind == kind]


def refuted(scene, text):
    claims = split(text)
    return [c for c, v in zip(claims, TruthChecker(scene)(claims), strict=True) if v is Verdict.REFUTED]


def test_all_kinds_come_up():
    assert set(Counter(scene.alt.kind for scene in NOISY)) == set(noise.KINDS) - {"clean"}


def test_what_is_repaired_is_true_and_differs():
    for scene in NOISY:
        assert scene.alt.text != scene.alt.repaired
        assert not refuted(scene, scene.alt.repaired)


@pytest.mark.parametrize("kind", ["partly_true", "swapped"])
def test_wrong_texts_say_something_false(kind):
    assert len(of(kind)) >= 10
    assert all(refuted(scene, scene.alt.text) for scene in of(kind))


@pytest.mark.parametrize("kind", ["seo", "boilerplate"])
def test_junk_is_named_and_the_rest_is_the_repaired_text(kind):
    for scene in of(kind):
        rest = scene.alt.text
        for piece in scene.alt.junk:
            assert piece in rest
            rest = rest.replace(piece, "", 1)
        assert rest == scene.alt.repaired


def test_truncated_texts_end_inside_a_word():
    for scene in of("truncated"):
        assert scene.alt.repaired.startswith(scene.alt.text)
        assert scene.alt.repaired[len(scene.alt.text)].isalpha()


def test_without_noise_texts_are_clean_but_for_planted_names():
    quiet = [compose.scene(41, number, 0.0) for number in range(200)]
    kinds = Counter(scene.alt.kind for scene in quiet)
    assert set(kinds) == {"clean", "partly_true"}
    for scene in quiet:
        assert (scene.alt.kind == "partly_true") == bool(scene.alt.false_names)
        assert all(name in scene.alt.text for name in (*scene.alt.true_names, *scene.alt.false_names))
        assert all(name in scene.alt.repaired for name in scene.alt.true_names)
    assert any(not scene.alt.true_names and scene.alt.text == captions.plain(scene) for scene in quiet)
