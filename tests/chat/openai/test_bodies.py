"""Request bodies say what is meant, in the server's dialect."""

import dataclasses

import orjson
import pytest

from burnish.chat.openai.bodies import Bodies, Dialect
from burnish.chat.openai.pictures import Pictures
from burnish.chat.openai.settings import Settings
from tests.chat.openai.questions import question, task

SETTINGS = Settings(base_url="http://a/v1", extra='{"chat_template_kwargs": {"enable_thinking": false}}')


def made(asked, method, *args, **dialect):
    bodies = Bodies(SETTINGS, Dialect(model="m", **dialect))
    parts = Pictures("jpeg", 90).batch(asked.prompt.pictures)
    return orjson.loads(getattr(bodies, method)(asked, *args, parts))


def test_a_question_asks_for_one_token_with_its_alternatives():
    body = made(question("a \u201cdog\u201d"), "choose")
    assert (body["max_tokens"], body["logprobs"], body["top_logprobs"], body["temperature"]) == (1, True, 20, 1.0)
    system, user = body["messages"]
    assert system["role"] == "system"
    assert [part["type"] for part in user["content"]] == ["image_url", "text", "text"]
    assert user["content"][1]["text"].startswith("CAPTION ")
    assert body["chat_template_kwargs"] == {"enable_thinking": False}


def test_dialects_leave_out_what_a_server_will_not_hear():
    body = made(question(), "sample", 3, budget="max_completion_tokens", temperature=False, seed=False, top=0)
    assert "max_completion_tokens" in body
    assert not {"max_tokens", "temperature", "seed", "logprobs"} & set(body)


def test_samples_differ_by_their_seed_only():
    first, second = (made(question(), "sample", seed) for seed in (0, 1))
    assert first.pop("seed") == 0
    assert second.pop("seed") == 1
    assert first == second


@pytest.mark.parametrize(
    ("way", "key"),
    [
        ("json_schema", "response_format"),
        ("structured_outputs", "structured_outputs"),
        ("json_object", "response_format"),
    ],
)
def test_texts_are_kept_to_their_schema_in_each_way(way, key):
    body = made(task(), "write", way)
    other = made(task(), "write", "plain")
    assert set(body) - set(other) == {key}
    assert body["temperature"] == 0
    assert "seed" not in body
    if way == "json_schema":
        assert body[key]["json_schema"]["strict"] is True
        assert body[key]["json_schema"]["schema"] == task().schema


def test_a_warm_text_has_its_seed():
    assert made(dataclasses.replace(task(), temperature=0.7, seed=5), "write", "plain")["seed"] == 5
