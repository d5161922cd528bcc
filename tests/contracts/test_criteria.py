"""Every criterion: named as its file, asked as a question, its scale described from worst to best."""

import pytest

from burnish import criteria
from burnish.criteria import SCALE
from burnish.discovery import names


@pytest.mark.parametrize("name", names("criteria"))
def test_a_criterion_says_all_that_a_judge_needs(name):
    criterion = criteria.load(name)
    assert criterion.name == name
    assert criterion.question.endswith("?")
    assert len(criterion.anchors) == len(SCALE)
    assert len(set(criterion.anchors)) == len(SCALE)
    assert all(anchor == anchor.strip() and len(anchor) > 5 for anchor in criterion.anchors)
    assert criterion.source


def test_the_scale_is_ordered():
    assert list(SCALE) == sorted(set(SCALE))
