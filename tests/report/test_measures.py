"""Counts by bin, and the rows that are smallest, whatever the batches."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.report import reading
from burnish.report.measures import BINS, Histogram, Smallest, edge
from burnish.report.opened import open_run
from tests.report import outputs

SCORES = st.lists(st.one_of(st.floats(1.0, 5.0), st.just(float("nan"))), max_size=60)


@given(SCORES)
def test_everything_is_counted_once(values):
    found = Histogram()
    found.add(np.array(values))
    has = [value for value in values if not math.isnan(value)]
    assert (found.count, found.without) == (len(has), len(values) - len(has))
    assert found.mean is None if not has else found.mean == pytest.approx(sum(has) / len(has))
    for threshold in (1.0, 2.5, 3.0, 4.45, 5.0):
        assert found.under(threshold) == sum(value < threshold - 1e-9 for value in has)


def test_every_threshold_with_two_digits_is_an_edge():
    for at in range(BINS):
        found = Histogram()
        found.add(np.array([edge(at)]))
        assert found.bins[at] == 1
        assert (found.under(edge(at)), found.under(edge(at + 1))) == (0, 1)


def test_what_lies_outside_counts_at_the_end():
    found = Histogram()
    found.add(np.array([0.2, 7.0]))
    assert (found.bins[0], found.bins[-1]) == (1, 1)
    assert found.under(5.0) == 1


def test_quantiles():
    found = Histogram()
    assert found.quantile(0.5) is None
    found.add(np.repeat([1.5, 4.5], [10, 90]))
    assert found.quantile(0.05) == pytest.approx(1.5, abs=0.05)
    assert found.quantile(0.5) == pytest.approx(4.5, abs=0.05)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    rows = [outputs.kept(at, f"text {at % 30}", 1 + (at * 7) % 40 / 10) for at in range(100)]
    return open_run(str(outputs.lay(tmp_path_factory.mktemp("o") / "out", [rows[:60], rows[60:]])))


@pytest.mark.parametrize("size", [3, 40, 1_000])
@pytest.mark.parametrize("different", [True, False])
def test_the_smallest_by_value_then_by_lot(size, different, run, monkeypatch):
    monkeypatch.setattr(reading, "ROWS", size)
    found = Smallest(12, different=different)
    every = []
    for batch in reading.batches(run):
        values = batch.stands[1]
        found.add(batch, values)
        texts = batch.text.to_pylist()
        numbered = zip(values, batch.number, texts, range(batch.size), strict=True)
        every += [(value, number, text, (batch.file, batch.first + at)) for value, number, text, at in numbered]
    expected, seen = [], set()
    for _, _, text, place in sorted(every):
        if not (different and text in seen):
            expected.append(place)
        seen.add(text)
    assert found.places() == expected[:12]


def test_what_has_no_value_is_never_among_them(run):
    found = Smallest(200, different=False)
    for batch in reading.batches(run):
        values = batch.stands[1].copy()
        values[::2] = np.nan
        found.add(batch, values)
    assert len(found.places()) == 50
