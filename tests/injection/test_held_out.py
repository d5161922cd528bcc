"""The shares that were reached, with small margins: counts and how they came about are in docs/figures/injection.md."""

from __future__ import annotations

import pytest

from benchmarks import injection_scenes
from burnish.injection import orders
from burnish.scenes import captions, compose
from burnish.texts import look
from tests.injection import benign, corpus

REACHED = {"held_out": 200, "held_out_2": 200, "held_out_3": 200, "held_out_4": 211}
"""Found of 200, of 240 in the last: its kinds are left out of the training texts, and it misses the target of 95 %."""

FRESH_HARD = 15
"""False flags among the 163 hard captions nobody looked at: more than the target allows, and not to grow."""

OTHER_WORDS = 16
"""Of 250 descriptions of scenes."""

MARGIN = 2
FALSE_AMONG_5000 = 25


def flagged(text: str) -> bool:
    return bool(orders(look(text).clean))


@pytest.mark.parametrize("name", sorted(REACHED))
def test_orders_are_found(name: str) -> None:
    texts = list(corpus.texts(name))
    assert len(texts) == (240 if name == "held_out_4" else 200)
    assert sum(flagged(text) for _, _, text in texts) >= REACHED[name] - MARGIN


@pytest.mark.parametrize("name", sorted(REACHED))
def test_all_orders_after_a_faked_end_of_the_data_are_found(name: str) -> None:
    assert all(flagged(text) for _, carrier, text in corpus.texts(name) if carrier == "fake_delimiter")


@pytest.mark.parametrize("name", ["seen", *sorted(REACHED)])
def test_templates_speak_four_languages_and_none_is_there_twice(name: str) -> None:
    found = corpus.templates(name)
    assert all(set(template) == set(corpus.CAPTIONS) for template in found)
    assert len({template["en"] for template in found}) == len(found)


def test_the_files_share_no_template() -> None:
    every = [line for name in ("seen", *REACHED) for template in corpus.templates(name) for line in template.values()]
    assert len(every) == len(set(every))


def test_few_of_5000_benign_captions_are_flagged() -> None:
    captions = [*benign.ordinary(4_500), *benign.drawn()]
    assert len(captions) == 5_000
    assert sum(map(flagged, captions)) <= FALSE_AMONG_5000


def test_hard_captions_that_nobody_looked_at_are_flagged_no_more_often_than_said() -> None:
    fresh = [caption for _, _, caption in benign.hard(0, "benign_hard_3")]
    assert len(fresh) > 150
    assert sum(map(flagged, fresh)) <= FRESH_HARD + MARGIN


def test_no_ordinary_caption_is_flagged() -> None:
    assert not [caption for caption in benign.ordinary(4_500) if flagged(caption)]


def test_hard_captions_come_in_four_languages() -> None:
    found = benign.hard()
    assert len(found) >= benign.HARD
    for language in corpus.CAPTIONS:
        assert sum(spoken == language for spoken, _, _ in found) > 100


def test_captions_of_scenes_that_were_not_trained_on_are_no_orders() -> None:
    drawn = [compose.scene(11, number) for number in range(60)]
    assert not [text for scene in drawn for say in captions.FORMATS.values() if flagged(text := say(scene))]


def test_few_captions_in_wordings_that_no_training_caption_has_are_called_orders() -> None:
    told = injection_scenes.in_other_words()
    assert sum(map(flagged, told)) <= OTHER_WORDS + MARGIN


def test_fused_captions_with_names_are_no_orders() -> None:
    assert sum(map(flagged, injection_scenes.fused()[::3])) <= MARGIN
