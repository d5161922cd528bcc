"""Known tables give known figures."""

import numpy as np
import pytest

from burnish.evals import matching

NAMES = [f"name {index}" for index in range(12)]
TEXTS = np.eye(12)


def test_auc_counts_ties_half():
    assert matching.auc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert matching.auc([0.1], [0.9]) == 0.0
    assert matching.auc([0.5, 0.5], [0.5]) == 0.5
    assert matching.auc([0.7, 0.3], [0.5]) == 0.5


def test_a_perfect_table_has_perfect_figures():
    found = matching.measures(np.eye(12), TEXTS, NAMES)
    perfect = ("auc_random", "auc_hard", "pair_hard", "r_at_1", "r_at_5", "accuracy_at_100%")
    assert all(found[name] == 1.0 for name in perfect)
    assert found["ece"] == 0.0


def test_a_table_that_says_nothing_is_at_chance():
    found = matching.measures(np.full((12, 12), 0.5), TEXTS, NAMES)
    assert found["auc_random"] == 0.5
    assert found["pair_hard"] == 0.0
    assert found["r_at_1"] == 0.0
    assert found["ece"] == pytest.approx(0.0)


def test_overconfidence_is_measured():
    assert matching.calibration_error(np.array([1.0, 1.0]), np.array([1.0, 1.0])) == pytest.approx(0.5)
    assert matching.calibration_error(np.array([0.95] * 9 + [0.05]), np.array([0.05] * 9 + [0.95])) == pytest.approx(
        0.05
    )


def test_synonyms_and_namesakes_are_no_negatives():
    texts = np.eye(12)
    texts[1] = texts[0]
    table = np.eye(12)
    table[0, 1] = table[1, 0] = 1.0
    assert matching.measures(table, texts, [*NAMES[:11], "NAME 9"])["auc_random"] == 1.0


def test_the_spread_is_mean_and_range():
    assert matching.spread([0.5, 0.7]) == {"mean": 0.6, "low": 0.5, "high": 0.7}
