"""Buckets of requests, with a clock of the test's own."""

import pytest

from burnish.web.rates import BURST_S, MOST_CLIENTS, Rates


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_the_rate():
    clock = Clock()
    rates = Rates(10.0, clock)
    allowed = [rates.wait_s("a") == 0.0 for _ in range(25)]
    assert allowed == [True] * int(10 * BURST_S) + [False] * 5
    assert rates.wait_s("a") == pytest.approx(0.1)
    assert rates.wait_s("b") == 0.0
    clock.now += 0.1
    assert rates.wait_s("a") == 0.0
    assert rates.wait_s("a") > 0


def test_no_limit_counts_nothing():
    rates = Rates(0.0)
    assert all(rates.wait_s("a") == 0.0 for _ in range(1_000))
    assert not rates._buckets


def test_memory_does_not_grow_with_addresses():
    rates = Rates(1.0, Clock())
    for number in range(MOST_CLIENTS * 2):
        rates.wait_s(str(number))
    assert len(rates._buckets) == MOST_CLIENTS
