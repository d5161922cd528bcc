"""What is trained on: no template is on both sides, and no held-out wording or measured caption is in it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from burnish.injection.folding import fold
from burnish.scenes import phrasing
from burnish.train.injection import corpus, described, grammar
from tests.injection import benign
from tests.injection.corpus import templates

HELD_OUT = ("held_out", "held_out_2", "held_out_3", "held_out_4")


@cache
def trained() -> tuple[str, ...]:
    found = corpus.training(0, None, held=False)
    return tuple(fold(text).text for text in dict.fromkeys((*found.orders, *found.dealt)))


@pytest.mark.parametrize("name", HELD_OUT)
def test_no_held_out_order_is_in_a_text_that_is_trained_on(name: str) -> None:
    everything = "\n".join(trained())
    wordings = [fold(order).text.rstrip(".。!") for template in templates(name) for order in template.values()]
    assert not [wording for wording in wordings if wording in everything]


@pytest.mark.parametrize("name", ["benign_hard", "benign_hard_2", "benign_hard_3"])
def test_next_to_no_hard_caption_is_one_that_is_trained_on(name: str) -> None:
    """Sayings everybody knows ("Teacher grading papers") may meet; nothing was copied."""
    hard = [fold(caption).text for _, _, caption in benign.hard(0, name)]
    assert len(set(hard) & set(trained())) <= len(hard) / 50


def test_templates_for_choosing_are_not_trained_on() -> None:
    held = [template for template in grammar.templates() if corpus.is_held(template)]
    assert 0.1 < len(held) / len(grammar.templates()) < 0.3
    chosen, train = corpus.choosing(0, None), corpus.training(0, None)
    assert len(chosen.orders) == corpus.CHOSEN * sum(template.order for template in held)
    assert len(train.orders) < len(corpus.training(0, None, held=False).orders)


def test_the_same_seed_gives_the_same_texts() -> None:
    assert corpus.training(5, None) == corpus.training(5, None)
    assert corpus.training(5, None) != corpus.training(6, None)


def test_captions_of_scenes_are_trained_on_in_pieces_and_choose_no_threshold() -> None:
    pieces = set(described.texts(0))
    assert pieces <= set(corpus.training(0, None).dealt)
    assert not pieces & set(corpus.choosing(0, None).dealt)
    assert any(piece.startswith("The names beside it are") for piece in pieces)
    assert any(piece.count(". ") == 1 for piece in pieces)  # neighbours
    other = set(described.texts(1))
    assert len(pieces & other) < len(other)


def test_no_wording_that_is_held_out_is_trained_on() -> None:
    everything = "\n".join(described.texts(0))
    for form, others in phrasing.FRESH.items():
        for wording in (*phrasing.wordings(form, held_out=True), *others):
            longest = max(re.split(r"\{\w+\}", wording), key=len)
            if len(longest) > 20:
                assert longest not in everything
