"""Each metric on a handful of answers, by hand."""

from __future__ import annotations

import pytest

from burnish import discovery
from burnish.asks.blind import BARELY
from burnish.evals import metrics
from burnish.evals.figures import figure
from burnish.evals.metrics.ece import calibration_error
from burnish.evals.metrics.spearman import correlation
from burnish.values import State
from tests.evals.items import item, outcome, said

ITEMS = [
    item("p/good"),
    item("p/junk", "junk", "p/good"),
    item("q/good"),
    item("q/junk", "junk", "q/good"),
    item("q/cut", "cut", "q/good"),
]


def values(name, seen):
    return {reading.of: figure(reading) for reading in metrics.load(name)(seen)}


@pytest.mark.parametrize("name", discovery.names(metrics.KIND))
def test_every_metric_reads_an_outcome_with_nothing_but_answers(name):
    for reading in metrics.load(name)(outcome(ITEMS, said(5, 1, 4, 2, 3))):
        assert len(reading.cases) == len(reading.groups) == len(reading.seeds)
        figure(reading)


@pytest.mark.parametrize("name", discovery.names(metrics.KIND))
def test_every_metric_reads_an_outcome_without_any_value(name):
    none = said(*[State.ABSTAINED] * 5)
    for reading in metrics.load(name)(outcome(ITEMS, none, blind=none, changed={"order": none})):
        figure(reading)


def test_auc_compares_what_is_spoilt_with_what_it_was_made_from():
    found = values("auc", outcome(ITEMS, said(5, 1, 2, 3, 4)))
    assert {kind: (f.value, f.n) for kind, f in found.items()} == {
        "": (0.6667, 5),  # of 5 and 2 against 1, 3 and 4
        "junk": (0.75, 4),  # of 5 and 2 against 1 and 3
        "cut": (0.0, 2),  # of 2 against 4
    }


def test_auc_of_labels_alone_compares_with_every_good_one():
    labelled = [item("a"), item("b"), item("c", "bad"), item("d", "bad")]
    found = values("auc", outcome(labelled, said(5, 3, 3, 1)))
    assert (found["bad"].value, found["bad"].n) == (0.875, 4)


def test_what_has_no_value_is_left_out_of_auc_and_counted_as_unanswered():
    answers = said(5, State.ABSTAINED, State.UNPARSABLE, 3, State.REFUSED)
    assert values("auc", outcome(ITEMS, answers))["junk"].n == 2
    found = values("unanswered", outcome(ITEMS, answers))
    assert {of: f.value for of, f in found.items()} == {
        "abstained": 0.2,
        "failed": 0.4,
        "refused": 0.2,
        "unparsable": 0.2,
    }
    assert all(f.n == 5 for f in found.values())


def test_right_above_wrong_looks_at_one_picture_at_a_time():
    found = values("above", outcome(ITEMS, said(2, 1, 5, 5, 4)))
    assert {kind: f.value for kind, f in found.items()} == {
        "": pytest.approx(2.5 / 3, abs=1e-4),
        "junk": 0.75,
        "cut": 1,
    }
    assert not values("above", outcome([item("a"), item("b", "bad")], said(5, 1)))


def test_rank_correlation_is_of_what_has_a_truth():
    known = [item(f"{at}/x", truth={"overall": float(at)}) for at in range(1, 6)]
    assert values("spearman", outcome(known, said(1, 2, 4, 8, 16)))[""].value == 1
    assert values("spearman", outcome(known, said(5, 4, 3, 2, 1)))[""].value == -1
    assert values("spearman", outcome(known, said(3, 3, 3, 3, 3)))[""].value is None
    assert not values("spearman", outcome(ITEMS, said(5, 1, 4, 2, 3)))


def test_tied_ranks_are_shared():
    import numpy as np

    rows = np.array([[1, 1], [2, 2], [2, 3], [3, 4]], np.float64)
    assert correlation(rows) == pytest.approx(0.9487, abs=1e-4)


def test_calibration_error_by_hand():
    import numpy as np

    sure = np.array([(1, 1), (1, 1), (0, 0)], np.float64)
    assert calibration_error(sure) == 0
    assert calibration_error(np.array([(1, 0), (0, 1)], np.float64)) == 1
    # 0.75 said of three good and of one bad one, which weighs as much as the three: the half is right
    assert calibration_error(np.array([(0.75, 1)] * 3 + [(0.75, 0)], np.float64)) == pytest.approx(0.25)
    assert values("ece", outcome(ITEMS, said(5, 1, 5, 1, 1)))[""].value == 0


def test_flips_are_decisions_and_moves_are_values():
    answers = said(5, 1, 4, State.ABSTAINED, 2.9)
    changed = {"order": said(5, 1, 3.5, State.ABSTAINED, 3.1), "seed": said(5, 1, 4, 2, State.ABSTAINED)}
    seen = outcome(ITEMS, answers, changed=changed)
    assert {of: f.value for of, f in values("flips", seen).items()} == {"order": 0.2, "seed": 0.4}
    assert {of: f.value for of, f in values("moved", seen).items()} == {"order": 0.4, "seed": 0.4}


def test_the_arm_without_the_picture():
    blind = said(3, 3, 4 + BARELY / 2, State.ABSTAINED, 3)
    seen = outcome(ITEMS, said(5, 1, 4, 2, 3), blind=blind)
    assert values("blind", seen)["junk"].n == 3
    assert values("unmoved", seen)[""].value == 0.5
    assert not values("blind", outcome(ITEMS, said(5, 1, 4, 2, 3)))
