import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.errors import UsageError
from burnish.mixing.scores import Scores

EDGES = st.lists(st.integers(-5, 50), min_size=1, max_size=6, unique=True).map(sorted)


@given(EDGES, st.floats(-100, 100) | st.none(), st.randoms())
def test_every_score_is_in_exactly_the_interval_that_names_it(edges, value, random):
    names = [f"< {edges[0]}", *(f"{a}-{b}" for a, b in itertools.pairwise(edges)), f">= {edges[-1]}"]
    weights = {name: float(at) for at, name in enumerate(names)}
    shuffled = list(weights)
    random.shuffle(shuffled)
    bins = Scores(weights={name: weights[name] for name in shuffled}, unscored=99.0).table()
    assert bins.names == (*names, "unscored")
    limits = [-math.inf, *edges, math.inf]
    if value is None:
        assert bins.weights[bins.find(value)] == 99.0
    else:
        expected = next(at for at in range(len(names)) if limits[at] <= value < limits[at + 1])
        assert bins.find(value) == expected
        assert bins.weights[expected] == float(expected)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({}, "intervals"),
        ({"3-4": 1}, "below 3 are in no interval"),
        ({"< 3": 1}, "from 3 on are in no interval"),
        ({"< 3": 1, ">= 4": 1}, "from 3 to 4 are in no interval"),
        ({"< 3": 1, ">= 2": 1}, "from 2 to 3 are in two intervals"),
        ({"about 3": 1}, "no interval of scores"),
        ({"4-3": 1, "< 3": 1, ">= 4": 1}, "empty"),
        ({"< 3": -1, ">= 3": 1}, "0 to 1,000,000"),
        ({"< 3": math.nan, ">= 3": 1}, "0 to 1,000,000"),
    ],
)
def test_what_leaves_a_score_without_a_weight_is_refused(weights, said):
    with pytest.raises(UsageError, match=said):
        Scores(weights=weights, unscored=1.0)
