"""Adverts as shops write them, and facts that look like them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import adverts, asks, edits, recipes
from burnish.plan import Plan
from burnish.values import Draft, Score
from tests.builders import record

ADVERTS = [
    ("50% OFF red running shoes", "red running shoes"),
    ("Red running shoes - 50% off today only!", "Red running shoes"),
    ("SALE! Red running shoes $9.99 free shipping", "Red running shoes"),
    ("Red summer dress SALE 30% discount", "Red summer dress"),
    ("Save 20% on garden chairs made of oak", "garden chairs made of oak"),
    ("BUY 2 GET 1 FREE scented candles in glass jars", "scented candles in glass jars"),
    ("Up to 70% Off Wooden Dining Table", "Wooden Dining Table"),
    ("Blue ceramic mug \u20ac4,99 incl. VAT", "Blue ceramic mug"),
    ("Leather sofa (20% off with code SPRING20)", "Leather sofa"),
    ("Kitchen knife set - only \u00a312.50 - limited stock", "Kitchen knife set"),
    ("Clearance Sale: oak bookshelf was $120 now $80", "oak bookshelf"),
    ("Black Friday deal: a wooden stand", "a wooden stand"),
    ("a leather handbag, HOT SALE", "a leather handbag"),
]
FACTS = [
    ("Bottle of 50% orange juice", "Bottle of orange juice"),
    ("A 50% discount sign in a shop window", "A sign in a shop window"),
    ("A banner saying SALE above shoes", "A banner above shoes"),
    ("A glass that is 50% full", "A glass"),
    ("A $100 bill on a table", "A bill on a table"),
    ("cotton shirt, 60% polyester, 40% cotton", "cotton shirt"),
    ("A house with a FOR SALE sign", "A house with a sign"),
    ("a house FOR SALE by the sea", "a house by the sea"),
    ("a tall mirror hanging 10% off center", "a tall mirror hanging"),
    ("a necklace worth $5000", "a necklace"),
    ("a car she bought for $300", "a car"),
    ("Boeing 747 at 30% thrust", "Boeing 747"),
    ('a poster "50% off"', "a poster"),
]


def verdict(before: str, after: str) -> str:
    plan = Plan(source="s")
    made = record(before)
    low = (Score(criterion="overall", value=1.2, confidence=1.0),)
    made = replace(made, captions=(replace(made.captions[0], scores=low),))
    terms = asks.Terms(plan=plan, recipe=recipes.load("aitqe"), maker="tester")
    draft = Draft(text=after, edits=edits.diff(before, after, "rewritten by the model"))
    return asks.load("rewrite", terms).fold(made, [draft]).captions[1].verdict


@pytest.mark.parametrize(("before", "after"), ADVERTS)
def test_a_model_may_take_an_advert_out(before: str, after: str) -> None:
    assert verdict(before, after) == ""


@pytest.mark.parametrize(("before", "after"), FACTS)
def test_a_fact_that_looks_like_one_stays(before: str, after: str) -> None:
    assert verdict(before, after) == "rejected:protected_span_changed"


def test_a_fact_beside_an_advert_stays() -> None:
    assert verdict("50% OFF a bottle of 30% juice", "a bottle of juice") == "rejected:protected_span_changed"
    assert verdict("50% OFF Boeing 747 model", "plane model") == "rejected:protected_span_changed"


@given(st.lists(st.sampled_from([*(text for text, _ in ADVERTS + FACTS), "!", " - ", "$3", "SALE"]), max_size=4))
def test_spans_are_in_order_apart_and_inside(parts: list[str]) -> None:
    text = " ".join(parts)
    reached = 0
    for span in adverts.spans(text):
        assert reached <= span.start < span.stop <= len(text)
        reached = span.stop
