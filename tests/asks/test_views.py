"""Two views of a text with an order: the pair never stands better for it, and no order spares it its rewrite."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.asks.assess import scores_of
from burnish.values import Failure, Reply, Score, State

UNSURE = Score(criterion="overall", value=None, confidence=0.0, state=State.ABSTAINED)
BROKEN = Failure(state=State.REFUSED, detail="503")
VALUES = st.one_of(st.none(), st.floats(1, 5))


def stands(value: float | None) -> Score:
    return UNSURE if value is None else Score(criterion="overall", value=value, confidence=1.0)


def both(whole: Reply, bare: Reply) -> Score:
    return scores_of(("overall",), [whole, bare])[0]


@given(VALUES, VALUES)
def test_a_pair_never_stands_better_than_without_its_order(whole: float | None, bare: float | None) -> None:
    counted = both(stands(whole), stands(bare)).value
    assert counted is None if bare is None else counted is not None and counted <= bare


@given(st.floats(1, 2.9), VALUES)
def test_a_bad_caption_stays_bad_whatever_the_order_makes_of_the_whole(bare: float, whole: float | None) -> None:
    counted = both(stands(whole), stands(bare)).value
    assert counted is not None
    assert counted <= bare


@pytest.mark.parametrize("other", [stands(4.0), stands(1.0), UNSURE])
def test_after_a_failure_of_either_view_nothing_is_known(other: Score) -> None:
    assert both(other, BROKEN).value is None
    assert both(other, BROKEN).state is not State.OK
    assert both(BROKEN, other).value is None


def test_one_view_counts_alone() -> None:
    assert scores_of(("overall",), [stands(4.0)])[0].value == 4.0
    assert scores_of(("overall",), [UNSURE])[0].state is State.ABSTAINED
