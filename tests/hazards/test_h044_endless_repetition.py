"""Hazard 44: a model that repeats itself for ever is cut, asked once more with another seed, then given up."""

from burnish.fakeserver import FakeServer, Settings
from burnish.values import Draft, Failure, State
from tests.chat.openai.questions import backend, rewrite
from tests.chat.openai.stub import Stub, completion, response, sound


def test_repetition_ends_at_the_budget_and_is_a_failure():
    with FakeServer(Settings(faults=("repeats@3-",))) as server, backend(server.url) as model:
        (reply,) = model.answer([rewrite()])
        stats = server.stats()
    assert isinstance(reply, Failure)
    assert reply.state in {State.TRUNCATED, State.UNPARSABLE}
    assert stats["calls"] == 4
    assert stats["completion_tokens"] < 2_000


def test_the_second_try_is_warm_and_has_another_seed():
    async def handler(call):
        if call.number != 2:
            return await sound(call)
        return response(
            completion('{"id": "1", "caption": "a hat on top of' + " a hat on top of" * 40, finish="length")
        )

    with Stub(handler).running() as stub, backend(stub.url) as model:
        (reply,) = model.answer([rewrite()])
        first, second = (call.body for call in stub.calls[2:])
    assert isinstance(reply, Draft)
    assert (first["temperature"], first.get("seed")) == (0, None)
    assert second["temperature"] > 0
    assert second["seed"] > 16  # above every variant's own seed
