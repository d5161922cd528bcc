"""Plurals there and back."""

from __future__ import annotations

import pytest

from burnish.claims.lexicon import plural, singular
from burnish.scenes import catalogue


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("box", "boxes"), ("lorry", "lorries"), ("boy", "boys"), ("fruit", "fruit"), ("tool", "tools"),
        ("knife", "knives"), ("fish", "fish"), ("snowman", "snowmen"), ("alarm clock", "alarm clocks"),
        ("small child", "small children"), ("potato", "potatoes"),
    ],
)  # fmt: skip
def test_plurals(noun: str, many: str) -> None:
    assert plural(noun) == many


@pytest.mark.parametrize("thing", catalogue.objects(), ids=lambda thing: thing.noun)
def test_the_plural_of_every_object_leads_back_to_it(thing: catalogue.Thing) -> None:
    assert plural(thing.noun) == thing.plural
    assert singular(thing.plural) == thing.noun
