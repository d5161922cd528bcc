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
