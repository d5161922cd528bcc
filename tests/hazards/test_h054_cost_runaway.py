"""Hazard 54: cost or tokens run away: checked before each call, stopped resumably, nothing paid twice."""

from __future__ import annotations

from pathlib import Path

import pytest

import burnish
from burnish.errors import StopError
from burnish.fakeserver import FakeServer, Settings
from tests.chat.openai.questions import backend

SAMPLE = Path(burnish.__file__).parent / "sample" / "00000.tar"


def test_the_limit_is_never_passed_and_the_run_goes_on_for_the_rest_of_the_price(tmp_path: Path) -> None:
    with FakeServer(Settings()) as server, backend(server.url) as model:
        before = server.stats()
        with pytest.raises(StopError, match="max-tokens"):
            burnish.enhance(SAMPLE, tmp_path / "out", backend=model, limit=40, cost={"max_tokens": 30_000})
        stopped = server.stats()
        used = sum(stopped[kind] - before[kind] for kind in ("prompt_tokens", "completion_tokens"))
        assert 15_000 < used <= 30_000
        burnish.enhance(SAMPLE, tmp_path / "out", backend=model, limit=40)
        both = server.stats()["calls"] - before["calls"]
        burnish.enhance(SAMPLE, tmp_path / "whole", backend=model, limit=40)
        whole = server.stats()["calls"] - before["calls"] - both
        assert both - whole == 1  # how the server keeps to a schema is found out once for a model
