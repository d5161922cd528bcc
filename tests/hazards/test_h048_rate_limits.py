"""Hazard 48: 429 with Retry-After in each form, without one, for hours."""

import time

import pytest

from burnish.fakeserver import FakeServer, Settings
from burnish.values import Failure
from tests.chat.openai.questions import assess, backend, stop_of

PAIRS = [assess(f"a dog {i}") for i in range(10)]


@pytest.mark.parametrize("kind", ["status_429", "status_429_date", "status_429_ms", "status_429_bare"])
def test_the_server_is_left_alone_for_as_long_as_it_asks_and_nothing_is_lost(kind):
    with FakeServer() as server, backend(server.url) as model:
        clean = [repr(reply) for reply in model.answer(PAIRS)]
    settings = Settings(faults=(f"{kind}@4-6",), retry_after_s=0.2)
    with FakeServer(settings) as server, backend(server.url) as model:
        started = time.monotonic()
        assert [repr(reply) for reply in model.answer(PAIRS)] == clean
        assert time.monotonic() - started >= 0.19
        assert server.stats()["billed_calls"] == 1 + len(PAIRS)


def test_hours_stop_the_run():
    why, _ = stop_of(Settings(faults=("status_429_hours@4-",)), PAIRS)
    assert "18,000 s" in why


def test_a_server_that_only_ever_says_later_stops_the_run():
    settings = Settings(faults=("status_429_ms@4-",), retry_after_s=0.01)
    why, _ = stop_of(settings, PAIRS, patience_s="0.05")
    assert "turned every call away" in why


def test_a_limit_on_calls_at_once_is_learnt():
    settings = Settings(max_in_flight=3, latency_ms=5, retry_after_s=0.01)
    with FakeServer(settings) as server, backend(server.url, patience_s="30") as model:
        assert not any(isinstance(reply, Failure) for reply in model.answer(PAIRS))
        assert server.stats()["billed_calls"] == 1 + len(PAIRS)
