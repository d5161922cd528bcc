"""What a model costs, on the command line: estimated before, limited during."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import burnish
from burnish.fakeserver import FakeServer, Settings
from tests.cli.calls import call

SAMPLE = str(Path(burnish.__file__).parent / "sample" / "{00000..00001}.tar")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    with FakeServer(Settings()) as started:
        monkeypatch.setenv("OPENAI_BASE_URL", started.url)
        yield started


def test_a_dry_run_calls_the_model_and_says_what_the_whole_run_would_cost(server, tmp_path):
    prices = ["--price-in", "2", "--price-out", "8"]
    args = ["enhance", SAMPLE, "-o", str(tmp_path / "out"), "--backend", "openai", *prices, "--dry-run"]
    said = call(*args)
    assert re.search(r"model [\d,]+ to [\d,]+ prompt tokens, [\d,]+ to [\d,]+ written \(90 %\)", said.out)
    assert re.search(r"cost  [\d.,]+ to [\d.,]+ at the given prices", said.out)
    assert not (tmp_path / "out").exists()
    found = json.loads(call(*args, "--json").out)
    low, high = found["cost_90"]
    call("enhance", SAMPLE, "-o", str(tmp_path / "out"), "--backend", "openai", "--workers", "1")
    used = [json.loads(line.partition(b" ")[2])["used"] for line in answer_lines(tmp_path / "out")]
    spent = sum(u["prompt_tokens"] * 2 + u["written_tokens"] * 8 for u in used) / 1e6
    assert low * 0.9 <= spent <= high * 1.1


def answer_lines(output: Path) -> list[bytes]:
    return [line for file in output.glob(".burnish/answers/*.jsonl") for line in file.read_bytes().splitlines()]


def test_a_model_that_costs_nothing_is_not_given_a_price(tmp_path):
    said = call("enhance", SAMPLE, "-o", str(tmp_path / "out"), "--backend", "fake", "--dry-run")
    assert "tokens" not in said.out


def test_a_budget_stops_the_run_with_75_and_a_higher_one_goes_on(server, tmp_path):
    args = ["enhance", SAMPLE, "-o", str(tmp_path / "out"), "--backend", "openai", "--limit", "30", "--workers", "1"]
    stopped = call(*args, "--max-tokens", "20000")
    assert stopped.code == 75
    assert "--max-tokens" in stopped.err
    calls = server.stats()["calls"]
    assert call(*args).code == 0
    assert calls < server.stats()["calls"]
    assert call("verify", str(tmp_path / "out")).code == 0


def test_a_budget_in_money_without_prices_is_refused(tmp_path):
    said = call("enhance", SAMPLE, "-o", str(tmp_path / "out"), "--max-cost", "5")
    assert said.code == 2
    assert "price_in" in said.err


def test_a_limit_on_a_server_that_counts_nothing_stops_with_75_and_says_what_to_do(monkeypatch, tmp_path):
    args = ["enhance", SAMPLE, "-o", str(tmp_path / "out"), "--backend", "openai", "--limit", "10", "--workers", "1"]
    with FakeServer(Settings(faults=("no_usage",))) as silent:
        monkeypatch.setenv("OPENAI_BASE_URL", silent.url)
        stopped = call(*args, "--max-tokens", "20000")
        assert stopped.code == 75
        assert "the limit cannot be held" in stopped.err
        assert len(stopped.err.splitlines()) <= 6
        tried = call(*args, "--max-cost", "1", "--price-in", "2", "--dry-run")
        assert tried.code == 75
        assert "the limit cannot be held" in tried.err
        assert call(*args).code == 0


def test_tokens_that_no_server_told_are_not_said_to_be_none(monkeypatch, tmp_path):
    out = str(tmp_path / "out")
    args = ["enhance", SAMPLE, "-o", out, "--backend", "openai", "--limit", "10", "--workers", "1", "--price-in", "2"]
    with FakeServer(Settings(faults=("no_usage",))) as silent:
        monkeypatch.setenv("OPENAI_BASE_URL", silent.url)
        tried = call(*args, "--dry-run")
        assert tried.code == 0, tried.err
        assert "tokens and cost not told by the server" in tried.out
        assert "cost  " not in tried.out
        found = json.loads(call(*args, "--dry-run", "--json").out)
        assert (found["prompt_tokens_90"], found["written_tokens_90"], found["cost_90"]) == (None, None, None)
        assert call(*args).code == 0
    told = call("report", out, "--price-in", "2")
    assert "tokens not told by the server" in told.out
    assert "+ 0 tokens" not in told.out
    figures = json.loads(call("report", out, "--price-in", "2", "--json").out)
    assert "cost" not in figures["cost"]
    assert figures["cost"]["uncounted"] == figures["cost"]["calls"] > 0
    assert not [row for row in figures["scores"]["thresholds"] if "tokens" in row or "cost" in row]
    assert "not told by the server" in (tmp_path / "out/report.html").read_text("utf-8")


def test_a_trial_costs_no_more_than_the_run_may_and_says_where_the_run_would_stop(server, tmp_path):
    args = ["enhance", SAMPLE, "-o", str(tmp_path / "out"), "--backend", "openai", "--workers", "1", "--dry-run"]
    told = json.loads(call(*args, "--json").out)
    assert "pairs_within_limit" not in told
    tokens = told["prompt_tokens_90"][1] + told["written_tokens_90"][1]
    tight = call(*args, "--max-tokens", str(round(tokens / 8)))
    assert tight.code == 0, tight.err
    stops = re.search(r"limit {1,2}of [\d,]+ tokens would stop the run after about ([\d,]+) pairs", tight.out)
    assert stops
    assert 10 <= int(stops[1]) <= 80
    assert re.search(r"tried \d+ of 240 pairs", tight.out)
    tiny = call(*args, "--max-tokens", "2000")
    assert tiny.code == 0, tiny.err
    assert "would stop the run before its first 10 pairs" in tiny.out
    wide = call(*args, "--max-tokens", str(round(4 * tokens)))
    assert "would stop" not in wide.out
    none = json.loads(call(*args, "--max-tokens", str(round(4 * tokens)), "--json").out)
    assert none["pairs_within_limit"] is None
