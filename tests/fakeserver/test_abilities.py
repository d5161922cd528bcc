"""A server that can less: every switch, and requests no server takes."""

import json

import pytest

from burnish.fakeserver import Ability, FakeServer, Settings
from tests.fakeserver.calls import SCORES, asked, chat, choose, post, send, write


@pytest.fixture(scope="module")
def server():
    with FakeServer(Settings(max_images=2, context_tokens=2_000)) as running:
        yield running


def structured(**form):
    return {"structured_outputs": form}


REQUESTS = {
    "logprobs": {"logprobs": True, "top_logprobs": 3},
    "json_schema": {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCORES}}},
    "json_object": {"response_format": {"type": "json_object"}},
    "structured_outputs": structured(choice=["yes", "no"]),
    "guided": {"guided_choice": ["yes", "no"]},
    "images": {"images": 1},
}


def used(name, answer) -> bool:
    """Whether the answer shows the ability."""
    if name == "images":
        return answer.json["usage"]["prompt_tokens"] > 256
    if name == "logprobs":
        return answer.choice["logprobs"] is not None
    return answer.text in {"yes", "no"} or answer.text.startswith("{")


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_each_ability_on_ignored_and_refused(name):
    for ability in Ability:
        with FakeServer(Settings(**{name: ability})) as running:
            found = chat(running, **REQUESTS[name])
            assert chat(running).status == 200
            if ability is Ability.REFUSED:
                assert (found.status, found.error["code"]) == (400, "unsupported_parameter")
                assert running.stats()["billed_calls"] == 1
            else:
                assert found.status == 200
                assert used(name, found) == (ability is Ability.ON)


@pytest.mark.parametrize(
    "form",
    [
        structured(json=SCORES),
        structured(json=json.dumps(SCORES)),
        structured(json_object=True),
        {"guided_json": SCORES},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCORES}}},
        {"response_format": {"type": "json_object"}},
    ],
)
def test_all_ways_to_ask_for_json(server, form):
    assert isinstance(json.loads(chat(server, **form).text), dict)


def test_json_object_follows_a_schema_in_the_prompt(server):
    system = f"Answer with JSON that fits {json.dumps(SCORES)} and nothing else."
    for form in ({"response_format": {"type": "json_object"}}, {}):
        assert set(json.loads(chat(server, system=system, **form).text)) == {"id", "score", "reason"}


def test_images_that_are_passed_over_change_no_answer():
    with FakeServer(Settings(images=Ability.IGNORED)) as blind, FakeServer() as seeing:
        assert chat(blind, images=1).text == chat(blind, images=2).text
        assert chat(seeing, images=1).text != chat(seeing, images=2).text


def test_too_many_images(server):
    assert chat(server, images=2).status == 200
    assert chat(server, images=3).error["code"] == "too_many_images"


def test_context_length_counts_prompt_and_budget(server):
    prompt = chat(server).json["usage"]["prompt_tokens"]
    assert chat(server, max_tokens=2_000 - prompt).status == 200
    found = chat(server, max_tokens=2_001 - prompt)
    assert (found.status, found.error["code"]) == (400, "context_length_exceeded")


def test_model_id():
    with FakeServer(Settings(model_id="org/some-model")) as running:
        assert chat(running, model="org/some-model").json["model"] == "org/some-model"
        assert send(running, "GET", "/v1/models").json["data"][0]["id"] == "org/some-model"
        assert send(running, "GET", "/v1/models/org/some-model").status == 200
        found = chat(running, model="burnish-fake")
        assert (found.status, found.error["code"]) == (404, "model_not_found")


def test_it_says_that_it_is_fake_whatever_model_it_claims():
    with FakeServer(Settings(model_id="org/some-model", faults=("status_500@2", "status_429@3"))) as running:
        answers = [chat(running, model="org/some-model") for _ in range(3)]
        answers += [send(running, "GET", path) for path in ("/v1/models", "/health", "/stats", "/nothing")]
        assert [a.status for a in answers] == [200, 500, 429, 200, 200, 200, 404]
        assert all(a.headers["x-burnish-fake"] == "no model inside; mode hash" for a in answers)
        assert all(a.headers["server"].startswith("burnish-fakeserver/") for a in answers)
        assert answers[0].json["system_fingerprint"] == "burnish-fakeserver"
        assert answers[0].json["id"].startswith("fake-")
        assert answers[3].json["data"][0]["owned_by"] == "burnish-fakeserver"


def test_split_digits_makes_two_tokens_of_ten():
    with FakeServer(Settings(choices="1,10", outside_mass=0.0, split_digits=True)) as running:
        found = next(a for a in (choose(running, str(n), max_tokens=2) for n in range(50)) if a.text == "10")
        assert [entry["token"] for entry in found.choice["logprobs"]["content"]] == ["1", "0"]
        assert found.likely()["1"] == pytest.approx(0.0, abs=1e-6)  # 1 and 10 begin alike
        assert set(list(found.likely(1))[:2]) == {"0", "<|end|>"}
        cut = choose(running, "any", max_tokens=1)
        assert cut.text == "1"
    with FakeServer(Settings(choices="1,10")) as running:
        assert {choose(running, str(n)).text for n in range(20)} == {"1", "10"}


def test_thinking_eats_the_budget():
    with FakeServer(Settings(thinking=50)) as running:
        found = write(running, max_tokens=400)
        assert found.choice["message"]["reasoning_content"].startswith("I am a fake")
        assert found.json["usage"]["completion_tokens_details"]["reasoning_tokens"] == 50
        assert json.loads(found.text)["id"] == "a1b2"
        for budget in (20, 50):
            cut = write(running, max_tokens=budget)
            assert (cut.text, cut.choice["finish_reason"]) == ("", "length")
            assert cut.json["usage"]["completion_tokens"] == budget
        assert (
            "reasoning_content"
            not in write(running, max_tokens=40, chat_template_kwargs={"enable_thinking": False}).choice["message"]
        )


def test_api_key():
    with FakeServer(Settings(api_key="sesame")) as running:
        assert chat(running).status == 401
        assert send(running, "GET", "/v1/models").status == 401
        assert post(running, asked(), Authorization="Bearer sesame").status == 200
        assert running.stats()["billed_calls"] == 1


def test_large_bodies():
    with FakeServer(Settings(max_body_mb=0.01)) as running:
        assert chat(running, "x " * 10_000).status == 413
        assert chat(running, "x").status == 200


@pytest.mark.parametrize(
    "wanted",
    [
        {"top_logprobs": 5},
        {"top_logprobs": 21, "logprobs": True},
        {"n": 0},
        {"n": "2"},
        {"max_tokens": 0},
        {"max_tokens": True},
        {"temperature": 3},
        {"stream": True},
        {"messages": []},
        {"messages": "hello"},
        {"messages": [{"role": "nobody", "content": "x"}]},
        {"messages": [{"role": "user", "content": None}]},
        {
            "messages": [
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://a.example/b"}}]}
            ]
        },
        {
            "messages": [
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,!"}}]}
            ]
        },
        {"messages": [{"role": "user", "content": [{"type": "audio"}]}]},
        {"response_format": {"type": "json_schema"}},
        {"response_format": {"type": "poem"}},
        {"structured_outputs": {"choice": []}},
        {"structured_outputs": {"choice": ["a"], "json": {}}},
        {"guided_choice": ["a"], "guided_json": {}},
        {"guided_choice": ["a"], "structured_outputs": {"choice": ["a"]}},
        {"guided_json": {"type": "string", "pattern": "a+"}},
        {"guided_json": {"$ref": "#/$defs/nowhere"}},
        {"guided_json": {"type": "integer", "minimum": 3, "maximum": 2}},
    ],
)
def test_requests_no_server_takes(server, wanted):
    found = chat(server, **wanted)
    assert found.status == 400
    assert found.error["type"] == "invalid_request_error"


def test_bodies_that_are_no_request(server):
    for body in (b"", b"{", b"[]", b'"x"', b"\xff\xfe"):
        assert send(server, "POST", "/v1/chat/completions", body).status == 400
    assert send(server, "GET", "/v1/chat/completions").status == 405
    assert send(server, "GET", "/v2").status == 404
