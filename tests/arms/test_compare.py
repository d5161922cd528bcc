"""Error bars of numbers whose spread is known."""

from __future__ import annotations

import numpy as np
import pytest

from burnish.arms import compare


def test_the_interval_is_students() -> None:
    found = compare.spread([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (found.mean, found.n) == (3.0, 5)
    assert found.sd == pytest.approx(1.5811, abs=1e-4)
    assert found.half == pytest.approx(2.776 * 1.5811 / 5**0.5, abs=1e-3)


def test_the_interval_holds_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    found = [compare.spread(list(rng.normal(7, 2, 5))) for _ in range(1_000)]
    assert np.mean([abs(one.mean - 7) <= one.half for one in found]) == pytest.approx(0.95, abs=0.02)


def test_one_run_has_no_error_bar() -> None:
    with pytest.raises(ValueError, match="two runs"):
        compare.spread([1.0])


def test_arms_are_compared_run_by_run() -> None:
    found = compare.difference([1.1, 5.1, 3.1], [1.0, 5.0, 3.0])
    assert found.mean == pytest.approx(0.1)
    assert found.half == pytest.approx(0.0, abs=1e-9)


def test_a_difference_in_every_item_is_sure_and_none_is_not() -> None:
    groups = np.arange(200)
    assert compare.bootstrap([(np.full(200, 0.1), groups)]) == pytest.approx((0.1, 0.1))
    low, high = compare.bootstrap([(np.random.default_rng(0).normal(0, 1, 200), groups)])
    assert low < 0 < high


def test_items_that_belong_together_count_as_one() -> None:
    """A hundred copies of ten items say no more than the ten."""
    values = np.random.default_rng(0).normal(0, 1, 10)
    few = compare.bootstrap([(values, np.arange(10))])
    many = compare.bootstrap([(np.repeat(values, 100), np.repeat(np.arange(10), 100))])
    assert many == pytest.approx(few, abs=1e-9)
    loose = compare.bootstrap([(np.repeat(values, 100), np.arange(1000))])
    assert loose[1] - loose[0] < 0.3 * (many[1] - many[0])


def test_parts_of_a_test_count_alike_whatever_their_size() -> None:
    small = (np.full(3, 1.0), np.arange(3))
    large = (np.zeros(300), np.arange(3, 303))
    low, high = compare.bootstrap([small, large])
    assert (low, high) == (pytest.approx(0.5, abs=0.51), pytest.approx(0.5))
