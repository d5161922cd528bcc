"""Hazard 40: not JSON, prose round it, a code fence, single quotes: read, or asked once more, or a failure."""

import pytest

from burnish.fakeserver import FakeServer, Settings
from burnish.values import Draft, Failure, State
from tests.chat.openai.questions import backend, rewrite

FIRST_TEXT = 3  # after the look at the server and at how it writes


@pytest.mark.parametrize("around", ["prose", "code_fence"])
def test_what_stands_round_the_one_object_is_let_pass(around):
    with FakeServer(Settings(faults=(f"{around}@3-",))) as server, backend(server.url) as model:
        (reply,) = model.answer([rewrite()])
        assert server.stats()["calls"] == FIRST_TEXT
    assert isinstance(reply, Draft)


def test_what_is_no_json_is_asked_for_once_more():
    with FakeServer(Settings(faults=("single_quotes@3",))) as server, backend(server.url) as model:
        (reply,) = model.answer([rewrite()])
        assert server.stats()["calls"] == FIRST_TEXT + 1
    assert isinstance(reply, Draft)


def test_and_then_it_is_a_failure_that_quotes_the_answer():
    with FakeServer(Settings(faults=("single_quotes@3-",))) as server, backend(server.url) as model:
        (reply,) = model.answer([rewrite()])
        assert server.stats()["calls"] == FIRST_TEXT + 1
    assert isinstance(reply, Failure)
    assert reply.state is State.UNPARSABLE
    assert "'caption'" in reply.detail or "caption" in reply.detail
