"""The balance: exact, the same in any order, and the ways take turns."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.negatives import lines
from burnish.negatives.choosing import Candidate, chosen
from burnish.negatives.tally import KINDS

CANDIDATES = st.lists(
    st.tuples(st.integers(0, 2**64 - 1), st.sampled_from(KINDS), st.sampled_from(["", "a", "b"]), st.floats(1, 5)),
    max_size=40,
    unique_by=lambda each: each[0],
)


def candidates(drawn):
    return [
        Candidate.of(place, who, (kind, way, f"text {who}"), score)
        for place, (who, kind, way, score) in enumerate(drawn)
    ]


def strata(found, places, of):
    return Counter(of(each) for each in found if each.place in places)


@given(drawn=CANDIDATES)
@pytest.mark.parametrize(("balance", "of"), [("kinds", lambda c: c.kind), ("scores", lambda c: lines.level(c.score))])
def test_of_every_stratum_that_is_there_equally_many_are_taken(balance, of, drawn):
    found = candidates(drawn)
    places, there = chosen(found, balance, 0)
    counts = strata(found, places, of)
    assert set(counts) == {of(each) for each in found}
    assert set(counts.values()) <= {min(there.values(), default=0)}
    assert sum(there.values()) == len(found)


@given(drawn=CANDIDATES, seed=st.integers(0, 9), most=st.integers(0, 20))
@pytest.mark.parametrize("balance", ["kinds", "scores", "none"])
def test_the_order_does_not_matter_and_no_more_are_taken_than_asked(balance, drawn, seed, most):
    found = candidates(drawn)
    mixed = random.Random(seed).sample(found, len(found))
    places, there = chosen(found, balance, most)
    assert chosen(mixed, balance, most) == (places, there)
    assert not most or len(places) <= most


def test_without_balance_all_are_taken():
    found = candidates([(n, "good_raw" if n % 3 else "made_bad", "", 2.0) for n in range(9)])
    assert chosen(found, "none", 0)[0] == frozenset(range(9))


def test_ways_take_turns():
    many = [(n, "made_bad", "a" if n < 50 else "b", 2.0) for n in range(60)]
    few = [(100 + n, "good_raw", "", 5.0) for n in range(12)]
    found = candidates([*many, *few])
    places, _ = chosen(found, "kinds", 0)
    taken = Counter(each.way for each in found if each.place in places and each.kind == "made_bad")
    assert taken == {"a": 6, "b": 6}
