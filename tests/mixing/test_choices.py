import math

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from burnish.mixing.choices import apportioned, raked, spread

WEIGHTS = st.lists(st.floats(0, 100), min_size=1, max_size=6).filter(lambda ws: sum(ws) > 1e-3)


@given(WEIGHTS, st.integers(0, 63), st.sampled_from(["renormalise", "compensate", "drop", (0,), (1, 0)]))
def test_a_spread_is_a_distribution_over_what_is_there(weights, pattern, missing):
    if isinstance(missing, tuple):
        missing = tuple(at for at in missing if at < len(weights)) or (0,)
    shares = spread(weights, pattern, missing)
    assert math.isclose(sum(shares), 1.0)
    assert min(shares) >= 0
    assert all(share == 0 for at, share in enumerate(shares[:-1]) if not pattern >> at & 1)


def test_the_ways_with_a_missing_role():
    assert spread([1, 1, 2], 0b111, "drop") == pytest.approx((0.25, 0.25, 0.5, 0))
    assert spread([1, 1, 2], 0b011, "drop") == pytest.approx((0.25, 0.25, 0, 0.5))
    assert spread([1, 1, 2], 0b011, "renormalise") == pytest.approx((0.5, 0.5, 0, 0))
    assert spread([1, 1, 2], 0b011, (2, 1)) == pytest.approx((0.25, 0.75, 0, 0))
    assert spread([1, 1, 2], 0b001, (1, 2)) == pytest.approx((0.25, 0, 0, 0.75))
    assert spread([0, 1], 0b01, "renormalise") == (0, 0, 1)


@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])  # up to 2,000 rounds each
@given(
    st.lists(st.floats(0.05, 1), min_size=2, max_size=4),
    st.dictionaries(st.integers(1, 15), st.integers(1, 10_000), min_size=1, max_size=6),
)
def test_raking_gives_what_was_asked_wherever_it_can_be_given(weights, patterns):
    full = (1 << len(weights)) - 1
    held = {pattern & full: float(number) for pattern, number in patterns.items() if pattern & full}
    assume(held)
    total, asked = sum(held.values()), [w / sum(weights) for w in weights]
    for some in range(1, full):  # Hall: pairs that have only roles of `some` must be fewer than these are to give
        inside = sum(n for p, n in held.items() if p & ~some == 0)
        wanted = sum(a for at, a in enumerate(asked) if some >> at & 1)
        assume(inside / total < wanted - 0.02)
    assume(sum(n for p, n in held.items() if p == full) / total > 0.2)
    made = raked(weights, held)
    given_ = [0.0] * len(weights)
    for pattern, number in held.items():
        for at, share in enumerate(spread(made, pattern, "compensate")[:-1]):
            given_[at] += number * share / total
    assert given_ == pytest.approx(asked, abs=1e-6)


def test_raking_does_not_hang_where_it_cannot_be_given():
    made = raked([0.5, 0.5], {0b01: 900.0, 0b11: 100.0})
    assert spread(made, 0b11, "compensate")[1] > 0.99
    assert spread(made, 0b01, "compensate")[0] == 1


@given(WEIGHTS, st.lists(st.integers(0, 10_000), min_size=1, max_size=12))
def test_apportioning_loses_nothing_and_owes_little(weights, totals):
    shares = [w / sum(weights) for w in weights]
    owed = [0.0] * len(shares)
    sums = [0] * len(shares)
    for total in totals:
        whole, owed = apportioned(shares, total, owed)
        assert sum(whole) == total
        assert min(whole) >= 0
        assert all(number == 0 for number, share in zip(whole, shares, strict=True) if share == 0)
        sums = [a + b for a, b in zip(sums, whole, strict=True)]
    for got, share in zip(sums, shares, strict=True):
        assert abs(got - share * sum(totals)) <= 1 + 1e-6


@given(
    st.lists(st.floats(0.01, 1), min_size=2, max_size=4),
    st.lists(st.tuples(st.integers(1, 15), st.integers(0, 500)), min_size=1, max_size=12),
    st.sampled_from(["renormalise", "drop", (0,)]),
)
def test_over_patterns_with_different_roles_too(weights, strata, missing):
    wanted, got, owed = [0.0] * (len(weights) + 1), [0] * (len(weights) + 1), [0.0] * (len(weights) + 1)
    for pattern, total in strata:
        shares = spread(weights, pattern, missing)
        whole, owed = apportioned(shares, total, owed)
        assert sum(whole) == total
        assert all(number == 0 for number, share in zip(whole, shares, strict=True) if share == 0)
        wanted = [a + share * total for a, share in zip(wanted, shares, strict=True)]
        got = [a + b for a, b in zip(got, whole, strict=True)]
    assert max(abs(a - b) for a, b in zip(wanted, got, strict=True)) <= 1 + 1e-6
