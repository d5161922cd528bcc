"""Batches go in, results come out in their order; nothing depends on what else is in flight."""

import asyncio
import gc
import math
import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import orjson
import pytest

from burnish.chat import Chosen, Written
from burnish.chat.openai.model import OpenAIModel
from burnish.errors import MissingExtra, UsageError
from burnish.fakeserver import FakeServer, Settings
from burnish.values import Draft, Failure, JointReply, JointRequest, State
from tests.chat.openai.questions import ask_about, backend, many, model, picture, question, rewrite, task
from tests.chat.openai.stub import Stub, chosen, completion, response, sound, written


def first_token(likely: dict[str, float]):
    async def handler(_call):
        return response(chosen({token: math.log(p) for token, p in likely.items()}))

    return handler


def test_probabilities_are_summed_over_spellings_and_the_rest_is_outside():
    likely = {"4": 0.5, " 4": 0.1, "\uff14": 0.05, "5": 0.2, "The": 0.1, "\u25811": 0.01}
    with Stub(first_token(likely)).running() as stub, model(stub.options) as made:
        (found,) = made.choose([question()])
    assert found.shares == pytest.approx((0.01, 0, 0, 0.65, 0.2))
    assert found.outside == pytest.approx(0.14)
    assert found.how == "logprobs"


def test_answers_of_several_tokens_are_counted_where_the_first_token_does_not_decide():
    async def handler(call):
        if call.body.get("logprobs"):
            return response(chosen({"un": math.log(0.6), "yes": math.log(0.3)}))
        return response(completion("unsure." if call.body["seed"] % 2 else "yes"))

    with Stub(handler).running() as stub, model(stub.options, samples="4") as made:
        (found,) = made.choose([ask_about(("yes", "unsure", "unlikely"))])
        assert found == Chosen(shares=(0.5, 0.5, 0.0), outside=0.0, how="samples:4")
        (sure,) = made.choose([ask_about(("yes", "no"))])
        assert sure.how == "logprobs"


def test_an_answer_without_the_logprobs_asked_for_is_asked_again_then_failed():
    async def handler(call):
        return response(chosen() if call.number == 0 else completion("4"))

    with Stub(handler).running() as stub, model(stub.options) as made:
        (found,) = made.choose([question()])
        assert isinstance(found, Failure)
        assert found.state is State.UNPARSABLE
        assert len(stub.calls) == 3


def test_results_come_in_the_order_asked_whatever_order_they_arrive_in():
    with FakeServer(Settings(jitter_ms=30)) as server, backend(server.url) as made:
        asked = many(40)
        whole = [repr(reply) for reply in made.answer(asked)]
        order = random.Random(1).sample(range(40), 40)
        assert [repr(r) for r in made.answer([asked[i] for i in order])] == [whole[i] for i in order]
    with FakeServer(Settings()) as server, backend(server.url, concurrency="1") as made:
        assert [repr(made.answer([request])[0]) for request in asked] == whole


def test_no_more_calls_are_in_flight_than_allowed():
    with FakeServer(Settings(latency_ms=20)) as server, backend(server.url, concurrency="7") as made:
        made.answer(many(60))
        assert server.stats()["max_in_flight"] == 7


def test_usage_equals_the_bill():
    with FakeServer() as server, backend(server.url) as made:
        made.answer(many(20))
        used, bill = made.model.usage(), server.stats()
    assert (used.calls, used.possibly_billed) == (bill["billed_calls"], 0)
    assert (used.prompt_tokens, used.written_tokens) == (bill["prompt_tokens"], bill["completion_tokens"])


def test_a_text_comes_as_it_was_written():
    with Stub().running() as stub, model(stub.options) as made:
        asked = task()
        (found,) = made.write([asked])
    assert found == Written(text=found.text, cut=False, how="json_schema")
    assert orjson.loads(found.text) == {"id": asked.nonce, "caption": "a red disc"}


def test_half_characters_in_a_prompt_do_not_end_the_run():
    with Stub().running() as stub, model(stub.options) as made:
        (found,) = made.choose([question("a dog \ud83d in the snow")])
    assert isinstance(found, Chosen)


def test_the_image_is_sent_smaller_once_if_the_server_will_not_take_it():
    async def handler(call):
        big = len(orjson.dumps(call.body)) > limit
        return response({"error": {"message": "too large"}}, 413) if big else await sound(call)

    limit = 10**9
    with Stub(handler).running() as stub, model(stub.options, image_format="png") as made:
        made.choose([question()])
        limit = len(orjson.dumps(stub.calls[-1].body)) - 10
        stub.calls.clear()
        (found,) = made.choose([question()])
        assert isinstance(found, Chosen)
        assert len(stub.calls) == 2
        limit = 10
        (failed,) = made.choose([question("a cat")])
        assert failed.state is State.REQUEST_REJECTED


def test_an_empty_batch_asks_nothing():
    with Stub().running() as stub, model(stub.options) as made:
        before = len(stub.calls)
        assert made.choose([]) == []
        assert made.write([]) == []
        assert len(stub.calls) == before


def test_closing_and_collecting_end_the_thread_without_a_warning():
    earlier = set(threading.enumerate())  # models of other tests may end while this one runs

    def threads() -> int:
        return sum(thread.name == "burnish-openai" for thread in set(threading.enumerate()) - earlier)

    with Stub().running() as stub:
        made = OpenAIModel(stub.options)
        assert threads() == 1
        made.close()
        made.close()
        with pytest.raises(RuntimeError, match="closed"):
            made.choose([question()])
        OpenAIModel(stub.options)
        gc.collect()
        with pytest.raises(UsageError):
            OpenAIModel({**stub.options, "model": "missing"})
        gc.collect()
        assert threads() == 0


SCRIPT = """
import sys
from burnish.backends.openai import BACKEND
from tests.chat.openai.questions import many
made = BACKEND({"base_url": sys.argv[1]})
print("ready", flush=True)
made.answer(many(int(sys.argv[2])))
print("done", flush=True)
"""


def script(url: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", SCRIPT, url, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_program_that_just_ends_says_nothing():
    with FakeServer() as server:
        out, err = script(server.url, 12).communicate(timeout=60)
    assert out == "ready\ndone\n"
    assert err == ""


def test_ctrl_c_ends_a_batch_at_once_and_only_with_its_own_traceback():
    with Stub().running() as stub:
        hanging = threading.Event()

        async def handler(call):
            if call.number < 3:  # the look at the server and its two canaries
                return await sound(call)
            hanging.set()
            await asyncio.sleep(60)
            return b""

        stub.handler = handler
        process = script(stub.url, 12)
        assert hanging.wait(60)
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert err.count("Traceback") == 1
        assert err.rstrip().endswith("KeyboardInterrupt")


def test_interrupted_calls_count_as_possibly_billed():
    async def hang(call):
        if call.number == 0:
            return await sound(call)
        await asyncio.sleep(0.3)
        return response({"error": "bad key"}, 401) if call.number == 1 else await asyncio.sleep(60) or b""

    with Stub(hang).running() as stub, model(stub.options) as made:
        with pytest.raises(Exception, match="bad key"):
            made.choose([question(str(i)) for i in range(5)])
        assert made.usage().possibly_billed == 4


def test_without_aiohttp_the_pip_line_is_printed(monkeypatch):
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    with pytest.raises(MissingExtra, match=r"pip install 'burnish\[openai\]'"):
        OpenAIModel({"base_url": "http://127.0.0.1:1/v1"})


def test_the_key_is_in_no_identity_log_or_description(monkeypatch, caplog):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    settings = Settings(api_key="sk-secret")
    with caplog.at_level("DEBUG"), FakeServer(settings) as server, model({"base_url": server.url}) as made:
        said = made.identity + repr(made.describe()) + repr(made._settings)
    assert "sk-secret" not in said + caplog.text


def test_written_answers_for_the_stub_keep_to_the_schema():
    """The stub is part of the evidence above."""
    body = {"response_format": {"json_schema": {"schema": task().schema}}}
    assert orjson.loads(written(body)["choices"][0]["message"]["content"])["id"] == task().nonce


JOINT = "{'Recaption': 'A dog', 'Overall Score': '3/10', 'Text Quality': 2}"


def test_a_joint_answer_is_free_text_asked_for_once():
    async def handler(call):
        free = not call.body.get("logprobs") and "response_format" not in call.body
        return response(completion(JOINT)) if free else await sound(call)

    request = JointRequest(picture=picture(), text="IMG_1 dog")
    with Stub(handler).running() as stub, backend(stub.url) as made:
        (reply,) = made.answer([request])
        asked = [call.body for call in stub.calls if "logprobs" not in call.body]
    assert isinstance(reply, JointReply)
    assert reply.draft == Draft(text="A dog")
    assert ["response_format" in body for body in asked] == [True, False]


def test_variants_of_a_rewrite_are_drawn_each_with_its_own_seed():
    requests = [replace(rewrite(), variant=variant) for variant in range(3)]
    with Stub().running() as stub, backend(stub.url) as made:
        made.answer(requests)
        asked = sorted((body["temperature"], body.get("seed")) for body in (c.body for c in stub.calls[2:]))
    assert asked == [(0.0, None), (0.7, 1), (0.7, 2)]
