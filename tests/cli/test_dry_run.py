"""The dry run: honest intervals, a fair sample, nothing written."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.cli import _sampling
from burnish.cli._dry_run import wilson
from burnish.stores import open_store
from tests.cli.calls import call, lay_sample
from tests.shards import write_shard


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share(hits_n):
    hits, n = hits_n
    low, high = wilson(hits, n)
    assert 0.0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1.0


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(0, 50, 0.0, 0.0713), (9, 50, 0.0977, 0.3080), (50, 50, 0.9287, 1)]
)
def test_wilson_against_known_values(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=2e-4)


def test_wilson_of_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_small_source_is_counted_exactly_and_the_sample_is_seeded():
    store = open_store(str(lay_sample(Path("in"))))
    first, again = _sampling.draw(store, 5, 0), _sampling.draw(store, 5, 0)
    assert first.exact
    assert first.total == 21
    assert [i.origin.ordinal for i in first.items] == [i.origin.ordinal for i in again.items]
    assert len(first.items) == 5
    assert [i.origin.ordinal for i in _sampling.draw(store, 5, 1).items] != [i.origin.ordinal for i in first.items]


def test_a_large_source_is_estimated(monkeypatch):
    monkeypatch.setattr(_sampling, "MAX_READ_BYTES", 600_000)
    store = open_store(str(lay_sample(Path("in"), "00000.tar", "00001.tar")))
    sample = _sampling.draw(store, 10, 0)
    assert not sample.exact
    assert 180 <= sample.total <= 320  # 240, from the first 30 pairs of each shard


def test_progress_estimates_from_the_first_pairs():
    store = open_store(str(lay_sample(Path("in"), "00000.tar")))
    assert 80 <= (_sampling.estimate_pairs(store, 16) or 0) <= 180


def test_nothing_is_written_and_all_is_said():
    lay_sample(Path("in"), "00000.tar")
    before = sorted(Path().rglob("*"))
    answer = call("enhance", "in", "-o", "out", "--backend", "fake", "--dry-run")
    assert answer.code == 0, answer.err
    assert sorted(Path().rglob("*")) == before
    assert "tried 50 of 120 pairs" in answer.out
    assert "{+" in answer.out
    assert "Nothing was written" in answer.out.splitlines()[-1]


def test_as_json():
    lay_sample(Path("in"), "00000.tar")
    answer = call("enhance", "in", "-o", "out", "--backend", "fake", "--dry-run", "--json")
    trial = json.loads(answer.out)
    assert trial["total"] == 120
    assert trial["total_exact"] is True
    assert sum(o["sample"] for o in trial["outcomes"].values()) == trial["sample"] == 50
    low, high = trial["time_s_95"]
    assert 0 <= low <= high
    assert trial["disk_bytes"][0] >= 2_472_448


def test_the_whole_run_lies_inside_the_intervals():
    lay_sample(Path("in"), "00000.tar")
    trial = json.loads(call("enhance", "in", "-o", "out", "--backend", "fake", "--dry-run", "--json").out)
    done = json.loads(call("enhance", "in", "-o", "out", "--backend", "fake", "--workers", "1", "--json").out)
    for name, outcome in trial["outcomes"].items():
        low, high = outcome["share_95"]
        assert low <= done["counts"][name] / 120 <= high, name


def test_what_was_read_as_a_whole_needs_no_interval():
    lay_sample(Path("in"))
    shown = call("enhance", "in", "-o", "out", "--backend", "fake", "--dry-run").out
    assert "tried all " in shown
    assert "%)" not in shown
    assert "1 shard," in shown


def test_no_more_is_tried_than_the_run_would_read():
    lay_sample(Path("in"), "00000.tar")
    shown = call("enhance", "in", "-o", "out", "--backend", "fake", "--dry-run", "--limit", "10").out
    assert "tried 10 of 10 pairs" in shown


LINKED = '<a href="http://img.host/a?b=1"><b>Red square</b></a> IMG_1.jpg'


@pytest.mark.parametrize(
    "arguments", [("enhance", "in", "-o", "out", "--backend", "fake", "--dry-run"), ("inspect", "in")]
)
def test_json_of_texts_with_links_and_quotes_can_be_read(arguments):
    write_shard(Path("in/0.tar"), [LINKED, LINKED])
    answer = call(*arguments, "--json")
    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    assert all("b=1" not in each["before"] for each in told.get("examples", ()))
