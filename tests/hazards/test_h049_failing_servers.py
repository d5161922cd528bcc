"""Hazard 49: 5xx, resets, refusals: repeated within budgets; a server that stays down stops the run, no pair blamed."""

import pytest

from burnish.errors import StopError
from burnish.fakeserver import FakeServer, Settings
from tests.chat.openai.questions import assess, backend, stop_of

PAIRS = [assess(f"a dog {i}") for i in range(30)]
FAULTS = ["status_500", "status_502", "status_503", "status_529", "reset", "reset_after", "outage"]


@pytest.fixture(scope="module")
def clean() -> list[str]:
    with FakeServer() as server, backend(server.url) as model:
        return [repr(reply) for reply in model.answer(PAIRS)]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_stretch_leaves_no_trace(fault, clean):
    with FakeServer(Settings(faults=(f"{fault}@5-25",))) as server, backend(server.url, patience_s="20") as model:
        assert [repr(reply) for reply in model.answer(PAIRS)] == clean


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_stays_down_stops_the_run_within_its_patience(fault):
    why, _ = stop_of(Settings(faults=(f"{fault}@9-",)), PAIRS, patience_s="0.2")
    assert "No pair is blamed" in why


def test_a_server_that_is_gone_stops_the_run():
    with FakeServer() as server, backend(server.url, patience_s="0.2") as model:
        model.answer(PAIRS[:2])
        server.stop()
        with pytest.raises(StopError, match="has not answered"):
            model.answer(PAIRS)


def test_a_server_that_fails_every_other_time_is_too_dear():
    settings = Settings(faults=("status_500@50%",))
    why, _ = stop_of(settings, [assess(f"a dog {i}") for i in range(3_000)], backoff_s="0", retries="50")
    assert "fails too often" in why
