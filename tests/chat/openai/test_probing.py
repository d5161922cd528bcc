"""What a server can do is found out before the first pair; one that is no use is refused with a reason."""

import socket

import orjson
import pytest

from burnish.chat.openai.model import OpenAIModel
from burnish.errors import StopError, UsageError
from burnish.fakeserver import Ability, FakeServer, Settings
from tests.chat.openai.questions import model, question, task
from tests.chat.openai.stub import MODEL, Stub, chosen, completion, response, sound, written


def said_at_start(stub: Stub, **options: str) -> str:
    with stub.running(), pytest.raises(UsageError) as caught:
        OpenAIModel({**stub.options, "retries": "1", **options})
    assert len(str(caught.value).splitlines()) <= 6
    return str(caught.value)


def refusing(*words: str, otherwise=sound):
    """A server that rejects requests with any of these keys."""

    async def handler(call):
        for word in words:
            if word in call.body:
                return response({"error": {"message": f"Unsupported parameter: {word!r}. {HINTS.get(word, '')}"}}, 400)
        return await otherwise(call)

    return handler


HINTS = {"max_tokens": "Use 'max_completion_tokens' instead."}


async def no_logprobs(call):
    if call.body.get("response_format"):
        return response(written(call.body))
    return response(completion("4"))


def test_the_only_model_is_taken_and_its_weights_are_named():
    with Stub().running() as stub, model(stub.options) as made:
        assert made.identity.startswith(f"openai:{MODEL}(logprobs20,jpeg90,448px")
        assert made.describe()["questions"] == "by logprobs of the 20 likeliest tokens"


def test_identity_names_all_that_changes_answers_and_nothing_else():
    def identity(**options: str) -> str:
        with model(stub.options, **options) as made:
            return made.identity

    with Stub().running() as stub:
        plain = identity()
        for same in ({"concurrency": "3"}, {"timeout_s": "9"}, {"retries": "1"}, {"canary_every": "7"}):
            assert identity(**same) == plain
        others = [
            {"jpeg_quality": "80"},
            {"image_format": "png"},
            {"side_px": "224"},
            {"choose": "samples"},
            {"write": "plain"},
            {"extra": '{"top_k": 3}'},
        ]
        assert len({plain, *(identity(**other) for other in others)}) == len(others) + 1


def test_among_several_models_one_must_be_named():
    said = said_at_start(Stub(models=tuple(f"m{i}" for i in range(11))))
    assert "11 models: m0, m1, m10, m2" in said
    assert "and 3 more" in said
    assert "backend_options.model" in said


def test_names_that_cannot_be_shown_are_no_models():
    said = said_at_start(Stub(models=("\x1b[2J", "m" * 10_000)))
    assert "does not say which models it has" in said


def test_a_model_that_is_not_there_is_refused_with_those_that_are():
    assert f"no model 'other'.\nIt has: {MODEL}" in said_at_start(Stub(), model="other")


def test_another_model_that_answers_is_refused():
    async def handler(_call):
        return response(chosen(model="quite-another"))

    assert "'quite-another' answers" in said_at_start(Stub(handler))


@pytest.mark.parametrize("served", ["gpt-4o-2024-08-06", "openai/gpt-4o", "GPT-4o", "gpt-4o-0613"])
def test_a_snapshot_or_an_owner_in_the_name_is_the_same_model(served):
    async def handler(_call):
        return response(chosen(model=served))

    with Stub(handler, models=("gpt-4o", "gpt-4.1")).running() as stub, model(stub.options, model="gpt-4o") as made:
        assert made.identity.startswith(f"openai:{served}(")


@pytest.mark.parametrize("served", ["gpt-4o-mini", "gpt-4", "gpt-4o-mini-2024-07-18"])
def test_a_sibling_is_another_model(served):
    async def handler(_call):
        return response(chosen(model=served))

    assert "answers" in said_at_start(Stub(handler, models=("gpt-4o",)))


def test_nobody_at_the_address_is_said_in_a_few_lines():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(UsageError) as caught:
            OpenAIModel({"base_url": url})
    said = str(caught.value)
    assert url in said
    assert "Is the server up?" in said
    assert len(said.splitlines()) <= 6


def test_a_wrong_key_is_said_without_repeating_it(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-key")
    with FakeServer(Settings(api_key="sk-right")) as server, pytest.raises(UsageError) as caught:
        OpenAIModel({"base_url": server.url})
    assert "OPENAI_API_KEY" in str(caught.value)
    assert "sk-wrong-key" not in str(caught.value)


def test_a_page_that_is_no_server_of_models():
    async def handler(_call):
        return response(b"<html>hello</html>", kind="text/html")

    assert "does not answer" in said_at_start(Stub(handler))


def test_a_model_without_eyes_is_refused():
    with FakeServer(Settings(images=Ability.REFUSED)) as server, pytest.raises(UsageError, match="reads images"):
        OpenAIModel({"base_url": server.url})


def test_dialects_are_learnt_from_complaints():
    handler = refusing("max_tokens", "temperature")
    with Stub(handler).running() as stub, model(stub.options) as made:
        made.choose([question()])
        body = stub.calls[-1].body
        assert body["max_completion_tokens"] == 1
        assert "temperature" not in body
        assert body["top_logprobs"] == 20


def test_a_server_that_gives_five_alternatives_is_asked_for_five():
    async def handler(call):
        if call.body.get("top_logprobs", 0) > 5:
            return response({"message": "top_logprobs must be <= 5"}, 422)
        return response(chosen())

    with Stub(handler).running() as stub, model(stub.options) as made:
        assert "(logprobs5," in made.identity


@pytest.mark.parametrize("handler", [refusing("logprobs", otherwise=no_logprobs), no_logprobs])
def test_without_logprobs_answers_are_counted_and_that_is_said(handler, caplog):
    with caplog.at_level("WARNING", "burnish"), Stub(handler).running() as stub:
        with model(stub.options, samples="5") as made:
            (found,) = made.choose([question()])
            assert "(samples5@1," in made.identity
        with pytest.raises(UsageError, match="logprobs"):
            OpenAIModel({**stub.options, "choose": "logprobs"})
    assert (found.how, found.shares[3], found.outside) == ("samples:5", 1.0, 0.0)
    assert sum("gives no logprobs" in message for message in caplog.messages) == 1


def test_a_busy_server_is_waited_for_at_the_start():
    async def handler(call):
        return response({"error": "loading"}, 503) if call.number < 2 else response(chosen())

    with Stub(handler).running() as stub, model(stub.options):
        assert len(stub.calls) == 3


WAYS = {"json_schema": "json_schema", "structured_outputs": "structured_outputs", "json_object": "json_object"}


@pytest.mark.parametrize("off", [Ability.REFUSED, Ability.IGNORED])
@pytest.mark.parametrize("lacks", range(4))
def test_texts_are_kept_to_their_schema_in_the_strictest_way_the_server_has(lacks, off):
    missing = dict.fromkeys(list(WAYS)[:lacks], off)
    with FakeServer(Settings(**missing)) as server, model({"base_url": server.url}) as made:
        way = made.describe()["texts"].rpartition(" ")[2]
    ways = [*WAYS, "plain"]
    ignored_at_last = off is Ability.IGNORED and lacks == 3  # who ignores json_object cannot be told from who has it
    assert way == ("json_object" if ignored_at_last else ways[lacks])


def test_the_way_is_found_once_at_the_first_text_and_by_no_pair():
    with Stub().running() as stub, model(stub.options) as made:
        made.choose([question()])
        assert not any("response_format" in call.body for call in stub.calls)
        made.write([task("a"), task("b")])
        made.write([task("c")])
        texts = [orjson.dumps(c.body).decode() for c in stub.calls if "response_format" in c.body]
        assert len(texts) == 4
        assert "Mend this caption" not in texts[0]
        assert all("Mend this caption" in text for text in texts[1:])


def test_a_server_that_writes_nothing_stops_the_run():
    async def handler(call):
        return response(chosen()) if call.body.get("logprobs") else response({"error": "no text"}, 400)

    with Stub(handler).running() as stub, model(stub.options) as made, pytest.raises(StopError, match="no text"):
        made.write([task()])
