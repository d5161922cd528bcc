"""Hazard 41: an answer that its budget cut, or that thinking left no room for: once more with more room."""

from burnish.fakeserver import FakeServer, Settings
from burnish.values import Draft, Failure, Score, State
from tests.chat.openai.questions import assess, backend, rewrite
from tests.chat.openai.stub import Stub, completion, response, sound


def test_a_cut_text_is_asked_for_with_twice_the_room():
    async def handler(call):
        if call.number != 2:
            return await sound(call)
        return response(completion('{"id": "', finish="length"))

    with Stub(handler).running() as stub, backend(stub.url) as model:
        (reply,) = model.answer([rewrite()])
        first, second = (call.body["max_tokens"] for call in stub.calls[2:])
    assert isinstance(reply, Draft)
    assert second == 2 * first


def test_a_text_cut_twice_is_a_failure_of_its_own_state():
    with FakeServer(Settings(faults=("cut_json@3-",))) as server, backend(server.url) as model:
        (reply,) = model.answer([rewrite()])
        assert server.stats()["calls"] == 4
    assert isinstance(reply, Failure)
    assert reply.state is State.TRUNCATED


def test_thinking_that_eats_the_whole_budget_is_cut_too():
    with FakeServer(Settings(thinking=100_000)) as server, backend(server.url, extra="{}") as model:
        (text,) = model.answer([rewrite()])
        (score,) = model.answer([assess()])
    assert isinstance(text, Failure)
    assert text.state is State.TRUNCATED
    assert not isinstance(score, Score)


def test_thinking_can_be_switched_off_for_every_request():
    off = '{"chat_template_kwargs": {"enable_thinking": false}}'
    with FakeServer(Settings(thinking=100_000)) as server, backend(server.url, extra=off) as model:
        replies = model.answer([rewrite(), assess()])
    assert [type(reply) for reply in replies] == [Draft, Score]
