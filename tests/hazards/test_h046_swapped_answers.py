"""Hazard 46: an answer for another pair carries another mark: thrown away; a server that does it again is stopped."""

import asyncio

from burnish.fakeserver import FakeServer, Settings
from burnish.values import Draft
from tests.chat.openai.questions import backend, rewrite, stop_of
from tests.chat.openai.stub import Stub, chosen, response, written

TEXTS = [rewrite(f"a dgo number {i}") for i in range(8)]


def test_a_swapped_answer_is_thrown_away_and_the_right_one_taken():
    with FakeServer() as server, backend(server.url, concurrency="1") as model:
        clean = [repr(reply) for reply in model.answer(TEXTS)]
    with FakeServer(Settings(faults=("swapped@5",))) as server, backend(server.url, concurrency="1") as model:
        assert [repr(reply) for reply in model.answer(TEXTS)] == clean
        assert server.stats()["calls"] == 2 + len(TEXTS) + 1


def test_answers_that_change_places_never_reach_the_wrong_pair():
    held, both = [], asyncio.Event()

    async def handler(call):
        if call.body.get("logprobs"):
            return response(chosen())
        answer = response(written(call.body, f"for {len(call.body['messages'][1]['content'][1]['text'])}"))
        if call.number in {2, 3}:  # the first two texts get each other's answers
            held.append(answer)
            if len(held) == 2:
                both.set()
            await both.wait()
            return held[3 - call.number]
        return answer

    texts = [rewrite("a dgo"), rewrite("two dgos here")]
    with Stub(handler).running() as stub, backend(stub.url) as model:
        replies = model.answer(texts)
    assert [reply.text for reply in replies if isinstance(reply, Draft)] == [
        f"for {len('CAPTION ') + 2 + len(text.text)}" for text in texts
    ]


def test_a_server_that_mixes_answers_up_again_and_again_is_stopped():
    why, _ = stop_of(Settings(faults=("swapped@4-",)), TEXTS)
    assert "mixes answers up" in why
