"""Hazard 45: the same score for every pair, or another model after a swap: fixed questions notice, the run stops."""

import pytest

from burnish.errors import StopError
from burnish.fakeserver import FakeServer, Settings
from tests.chat.openai.questions import assess, backend


def test_a_server_that_begins_to_give_every_pair_the_same_score_stops_the_run():
    settings = Settings(faults=("same_score@30-",))
    with FakeServer(settings) as server, backend(server.url, canary_every="20") as model:
        model.answer([assess(f"a dog {i}") for i in range(20)])
        with pytest.raises(StopError, match="model_drift") as caught:
            model.answer([assess(f"a cat {i}") for i in range(30)])
    assert len(str(caught.value).splitlines()) <= 6


def test_another_model_behind_the_same_name_stops_the_run():
    with FakeServer(Settings()) as first:
        port = first.port
        with backend(first.url, canary_every="10", patience_s="20") as model:
            model.answer([assess(f"a dog {i}") for i in range(12)])
            first.stop()
            with FakeServer(Settings(port=port, seed=99)), pytest.raises(StopError, match="model_drift"):
                model.answer([assess(f"a cat {i}") for i in range(12)])


def test_the_same_model_is_let_go_on():
    with FakeServer(Settings()) as server, backend(server.url, canary_every="10") as model:
        for batch in range(5):
            model.answer([assess(f"a dog {batch} {i}") for i in range(12)])
        assert server.stats()["calls"] == 1 + 5 * 12 + 2 + 2 * 5
