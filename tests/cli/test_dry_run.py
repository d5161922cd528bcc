"""The dry run: honest intervals, a fair sample, nothing written."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.cli import _sampling, _trial
from burnish.intervals import wilson
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


LINKED = '<a href="http://img.host/a?b=1"><b>Red square</b></a>'


@pytest.mark.parametrize(
    "arguments", [("enhance", "in", "-o", "out", "--backend", "builtin", "--dry-run"), ("inspect", "in")]
)
def test_json_of_texts_with_links_and_quotes_can_be_read(arguments):
    write_shard(Path("in/0.tar"), [LINKED, "red square"])
    answer = call(*arguments, "--json")
    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    assert "b=1" not in answer.out
    assert "inspect" in arguments or told["examples"][0]["before"] == LINKED.replace("b=1", "...")


@pytest.mark.parametrize("backend", ["fake", "builtin"])
def test_a_source_without_a_pair_is_said_to_have_none(backend):
    write_shard(Path("in/0.tar"), [])
    arguments = ("enhance", "in", "-o", "out", "--backend", backend, "--dry-run")
    answer = call(*arguments)
    assert answer.code == 0, answer.err
    assert "0 pairs: nothing to try" in answer.out
    trial = json.loads(call(*arguments, "--json").out)
    assert (trial["total"], trial["sample"], trial["time_s_95"]) == (0, 0, [0.0, 0.0])
    assert all(outcome == {"sample": 0, "share_95": [0.0, 0.0]} for outcome in trial["outcomes"].values())
    assert not Path("out").exists()


def test_what_has_no_pair_is_not_proposed_to_be_enhanced():
    write_shard(Path("in/0.tar"), [])
    answer = call("inspect", "in")
    assert answer.code == 0, answer.err
    assert "pairs      0" in answer.out
    assert "burnish enhance" not in answer.out


class Bare:
    """A store of one's own whose source has nothing yet."""

    def __init__(self, source, options):
        self.source, self.options = source, options

    def shards(self):
        return []


def test_a_source_without_shards_can_be_inspected():
    answer = call("inspect", "in", "--store", f"{__name__}:Bare")
    assert answer.code == 0, answer.err
    assert "0 shards" in answer.out
    assert "burnish enhance" not in answer.out


@pytest.mark.parametrize(("batches", "t"), [(2, 12.706), (3, 4.303), (4, 3.182), (5, 2.776)])
def test_intervals_of_means_go_by_how_many_batches_there_are(batches, t):
    """Of 1 and 3 and as many 2 as there is room for."""
    each = [1.0, 3.0, *[2.0] * (batches - 2)]
    mean, half = _trial._spread(each, _trial._T95)
    assert mean == 2.0
    assert half == pytest.approx(t * (2 / (batches - 1)) ** 0.5 / batches**0.5)
