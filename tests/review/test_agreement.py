"""Agreement: what a decision says of the text as found, kappa and intervals against known values."""

from __future__ import annotations

import pytest

from burnish.review.agreement import Reviewed, agreement, kappa, wilson
from burnish.review.decisions import Action


@pytest.mark.parametrize(
    ("action", "chosen", "text", "good"),
    [
        (Action.ACCEPT, "found", "", True),
        (Action.REJECT, "found", "", False),
        (Action.EDIT, "found", "other", False),
        (Action.ACCEPT, "new", "", False),
        (Action.REJECT, "new", "", None),
        (Action.EDIT, "new", "other", False),
        (Action.EDIT, "new", "found", True),
    ],
)
def test_what_a_decision_says_of_the_text_as_found(action, chosen, text, good):
    assert Reviewed(decision="kept", action=action, found="found", chosen=chosen, text=text).good is good


def test_kappa_of_the_textbook():
    """20 both yes, 5 and 10 apart, 15 both no: 0.4 (observed 0.7, by chance 0.5)."""
    both = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert kappa(both) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("both", "found"), [([], None), ([(True, True)] * 3, None), ([(True, False), (False, True)], -1)]
)
def test_kappa_at_its_ends(both, found):
    assert kappa(both) == found


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 5, 0.0, 0.4345), (5, 5, 0.5655, 1.0)]
)
def test_intervals(hits, of, low, high):
    assert wilson(hits, of) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_scores_fall_into_bins_of_a_half():
    pairs = [
        Reviewed(decision="kept", action=action, found="a", chosen="a", before=after, after=after)
        for action, after in [(Action.ACCEPT, 1.0), (Action.REJECT, 1.49), (Action.ACCEPT, 4.5), (Action.ACCEPT, 5.0)]
    ]
    bins = agreement(pairs, 3.0)["by_score"]
    assert [(b["from"], b["to"], b["pairs"], b["accept"]) for b in bins] == [(1.0, 1.5, 2, 1), (4.5, 5.0, 2, 2)]


def test_nothing_decided_is_no_fault():
    assert agreement([], 3.0) == {
        "reviewed": 0, "below": 3.0, "by_decision": {}, "by_score": [], "labelled": 0, "agreed": 0, "both_good": 0,
        "both_bad": 0, "only_people_good": 0, "only_model_good": 0, "kappa": None,
    }  # fmt: skip
