"""Hazard 50: a wrong key, a missing model, an empty account: stop at once, never repeat."""

import pytest

from burnish.fakeserver import Settings
from tests.chat.openai.questions import assess, stop_of

PAIRS = [assess(f"a dog {i}") for i in range(20)]


@pytest.mark.parametrize("fault", ["status_401", "status_403", "model_not_found", "insufficient_quota"])
def test_the_run_stops_at_the_first_one(fault):
    why, calls = stop_of(Settings(faults=(f"{fault}@5-",)), PAIRS, concurrency="1")
    assert "No pair is blamed" in why
    assert len(why.splitlines()) <= 6
    assert calls == 5


def test_the_key_is_in_no_message(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    why, _ = stop_of(Settings(faults=("status_401@3-",)), PAIRS)
    assert "sk-very-secret" not in why
