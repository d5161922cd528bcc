"""Every criterion: named as its file, asked as a question, its scale described from worst to best."""

import numpy as np
import pytest

from burnish import criteria
from burnish.chat import render
from burnish.criteria import SCALE
from burnish.discovery import names
from burnish.injection import orders
from burnish.values import AssessRequest, Picture


@pytest.mark.parametrize("name", names("criteria"))
def test_a_criterion_says_all_that_a_judge_needs(name):
    criterion = criteria.load(name)
    assert criterion.name == name
    assert criterion.question.endswith("?")
    assert len(criterion.anchors) == len(SCALE)
    assert len(set(criterion.anchors)) == len(SCALE)
    assert all(anchor == anchor.strip() and len(anchor) > 5 for anchor in criterion.anchors)
    assert criterion.source


@pytest.mark.parametrize("name", names("criteria"))
def test_examples_are_few_and_short_and_their_marks_differ(name):
    examples = criteria.load(name).examples
    assert len(examples) <= 3
    assert all(example.mark in SCALE and example.text and example.why for example in examples)
    assert len({example.mark for example in examples}) == len(examples)
    assert sum(len(e.text) + len(e.image) + len(e.why) for e in examples) <= 120, "every pair pays for them"


@pytest.mark.parametrize("name", names("criteria"))
def test_a_chat_model_sees_every_anchor_and_every_example_and_no_order_among_them(name):
    criterion = criteria.load(name)
    asked = render.choose(AssessRequest(picture=dot(), text="a cat", criterion=name)).prompt.user[-1]
    said = [*criterion.anchors, *(part for e in criterion.examples for part in (e.text, e.image, e.why))]
    assert isinstance(asked, str)
    assert all(part in asked for part in said)
    assert not any(orders(example.text) for example in criterion.examples)


def test_the_scale_is_ordered():
    assert list(SCALE) == sorted(set(SCALE))


def dot():
    return Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")
