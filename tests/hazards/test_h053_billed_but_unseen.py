"""Hazard 53: the server worked and billed, the client saw nothing: counted as possibly billed, never as nothing."""

import pytest

from burnish.fakeserver import FakeServer, Settings
from tests.chat.openai.questions import assess, backend

PAIRS = [assess(f"a dog {i}") for i in range(8)]


@pytest.mark.parametrize(
    "fault",
    ["hang", "reset_after", "cut_body", "half_json", "html_200", "empty_body", "length_too_long", "empty_choices"],
)
def test_the_two_counts_together_are_the_bill(fault):
    with FakeServer(Settings(faults=(f"{fault}@3,6",))) as server, backend(server.url, timeout_s="0.6") as model:
        model.answer(PAIRS)
        used, bill = model.usage(), server.stats()
    assert used.possibly_billed == 2
    assert used.calls + used.possibly_billed == bill["billed_calls"]
    assert used.calls == 1 + len(PAIRS)


@pytest.mark.parametrize("fault", ["status_503", "status_429_ms", "status_413", "status_529"])
def test_what_was_refused_is_on_neither(fault):
    with FakeServer(Settings(faults=(f"{fault}@3",), retry_after_s=0.01)) as server, backend(server.url) as model:
        model.answer(PAIRS)
        used, bill = model.usage(), server.stats()
    assert (used.calls, used.possibly_billed) == (bill["billed_calls"], 0)


def test_tokens_are_those_of_the_answers_that_came():
    with FakeServer(Settings(faults=("cut_body@3",))) as server, backend(server.url) as model:
        model.answer(PAIRS)
        used, bill = model.usage(), server.stats()
    assert used.prompt_tokens < bill["prompt_tokens"]
    with FakeServer(Settings(faults=("no_usage@3",))) as server, backend(server.url) as model:
        model.answer(PAIRS)
        assert model.usage().calls == server.stats()["billed_calls"]
