import math
import tempfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.errors import UsageError
from burnish.mixing.census import Spill
from burnish.mixing.run import foresee
from burnish.mixing.scores import Scores
from burnish.passes.quantiles import DECILES, _found, plain, quantiles
from burnish.passes.sources import given as sources
from tests.mixing.mixtures import mixture
from tests.mixing.outputs import make

VALUES = st.lists(
    st.sampled_from([1.0, 2.5, 3.0]) | st.floats(-1e6, 1e6).map(lambda x: x + 0.0), min_size=1, max_size=60
)


def of(values, *best):
    with tempfile.TemporaryFile() as file:
        spill = Spill(file, "<f8")
        for value in values:
            spill.add(value)
        spill.flush()
        return _found(spill, best, ("overall", "chosen", len(values)))


@given(VALUES, st.floats(0.01, 0.99))
def test_the_threshold_keeps_the_share_as_near_as_ties_allow(values, share):
    found = of(values, share)
    (threshold,) = found.thresholds
    wanted = max(1, round(share * len(values)))
    possible = {sum(value >= at for value in values) for at in values}
    assert threshold.kept == sum(value >= threshold.at for value in values)
    assert abs(threshold.kept - wanted) == min(abs(number - wanted) for number in possible)
    assert (found.lowest, found.highest) == (min(values), max(values))


@given(VALUES)
def test_deciles_are_those_of_sorting(values):
    assert of(values).deciles == tuple(np.quantile(values, DECILES, method="inverted_cdf").tolist())


@given(st.floats(-1e9, 1e9))
def test_a_threshold_reads_back_from_a_mixture_as_the_same_number(value):
    value += 0.0
    assert float(plain(value)) == value
    bins = Scores(weights={f"< {plain(value)}": 0.0, f">= {plain(value)}": 1.0}, unscored=0.0).table()
    assert bins.weights[bins.find(value)] == 1.0
    assert bins.weights[bins.find(math.nextafter(value, -math.inf))] == 0.0


def test_what_is_foretold_is_what_a_mixture_takes(tmp_path):
    known = make(tmp_path / "out", lambda n: {"ssc": (f"short {n}", 1 + (n * 37 % 100) / 25)}, shards=2, each=50)
    found = quantiles(sources([str(known.path)]), [0.3, 0.05], of="ssc")
    assert [threshold.kept for threshold in found.thresholds] == [30, 5]
    toml = (
        '[groups.all]\nmissing = "drop"\nroles = { ssc = 1 }\n[groups.all.scores]\nof = "ssc"\nunscored = 0\n'
        f"weights = {found.thresholds[0].intervals}\n"
    )
    assert foresee(mixture(toml, known.path)).samples == 30


def test_without_scores_or_shares_it_says_what_to_do(tmp_path):
    known = make(tmp_path / "out", shards=1, each=3, alt=None)
    with pytest.raises(UsageError, match="none of 3 pairs has a score 'overall'"):
        quantiles(sources([str(known.path)]), [0.5], of="alt")
    with pytest.raises(UsageError, match="between 0 and 1"):
        quantiles(sources([str(known.path)]), [30])
