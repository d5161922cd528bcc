"""Hazard 43: a refusal is a state of its own and never a text; the original stands."""

import pytest

from burnish.chat.marking import MARK
from burnish.fakeserver import FakeServer, Settings
from burnish.values import Draft, Failure, State
from tests.chat.openai.questions import backend, rewrite
from tests.chat.openai.stub import Stub, chosen, completion, response, written


def test_a_refusal_is_asked_once_more_and_then_said_to_be_one():
    with FakeServer(Settings(faults=("refusal@3-",))) as server, backend(server.url) as model:
        (reply,) = model.answer([rewrite()])
        assert server.stats()["calls"] == 4
    assert isinstance(reply, Failure)
    assert reply.state is State.REFUSED


def test_a_refusal_in_a_field_of_its_own_is_one_too():
    async def handler(call):
        if call.body.get("logprobs"):
            return response(chosen())
        refused = completion("")
        refused["choices"][0]["message"] = {"content": None, "refusal": "I'm sorry, I can't help with that."}
        return response(written(call.body) if call.number == 1 else refused)

    with Stub(handler).running() as stub, backend(stub.url) as model:
        (reply,) = model.answer([rewrite()])
    assert isinstance(reply, Failure)
    assert reply.state is State.REFUSED


@pytest.mark.parametrize("said", ["a dgo in the snow", f"a{MARK}dgo{MARK}in{MARK}the{MARK}snow"])
def test_the_original_echoed_is_no_change(said):
    async def handler(call):
        return response(chosen() if call.body.get("logprobs") else written(call.body, said))

    with Stub(handler).running() as stub, backend(stub.url) as model:
        (reply,) = model.answer([rewrite("a dgo in the snow")])
    assert reply == Draft(text="a dgo in the snow")
