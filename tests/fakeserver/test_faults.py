"""Every kind of fault, seen from the client's side of a real connection."""

import http.client
import json
import math
import time
import zlib
from email.utils import parsedate_to_datetime

import pytest

from burnish.errors import UsageError
from burnish.fakeserver import FakeServer, Settings, faults
from tests.fakeserver.calls import Answer, choose, send, write

STATUS = {
    "status_429": 429,
    "status_429_date": 429,
    "status_429_ms": 429,
    "status_429_bare": 429,
    "status_429_hours": 429,
    "insufficient_quota": 429,
    "status_500": 500,
    "status_502": 502,
    "status_503": 503,
    "status_529": 529,
    "status_401": 401,
    "status_403": 403,
    "model_not_found": 404,
    "context_length": 400,
    "content_policy": 400,
    "status_413": 413,
}
CUT = {
    "reset": ConnectionResetError,
    "reset_after": ConnectionResetError,
    "outage": http.client.RemoteDisconnected,
    "cut_body": http.client.IncompleteRead,
    "length_too_long": http.client.IncompleteRead,
    "hang": TimeoutError,
}


def with_fault(kind: str, **settings) -> FakeServer:
    return FakeServer(Settings(faults=(f"{kind}@2",), bomb_mb=64, drip_ms=0.0, **settings))


def second(server: FakeServer, ask=write, **wanted) -> Answer:
    """The answer to the second call, between two sound ones."""
    assert ask(server, "the first").status == 200
    found = ask(server, "the second", **wanted)
    assert json.loads(ask(server, "the third").body)["choices"]
    return found


@pytest.mark.parametrize("kind", sorted(STATUS))
def test_refusals_are_not_billed(kind):
    with with_fault(kind) as server:
        assert second(server).status == STATUS[kind]
        assert server.stats()["status"] == {"200": 2, str(STATUS[kind]): 1}
        assert (server.stats()["calls"], server.stats()["billed_calls"]) == (3, 2)
        assert server.stats()["faults"] == {kind: 1}


@pytest.mark.parametrize("kind", sorted(CUT))
def test_broken_connections(kind):
    with with_fault(kind) as server:
        write(server, "the first")
        timeout_s = 0.3 if kind == "hang" else 20.0
        with pytest.raises(CUT[kind]):
            write(server, "the second", timeout_s=timeout_s)
        assert write(server, "the third").status == 200
        billed = faults.load()[kind].billed
        stats = server.stats()
        assert stats["billed_calls"] == 2 + billed
        assert stats["billed_unseen"] == int(billed)
        started = kind in {"cut_body", "length_too_long"}
        assert stats["status"] == {"200": 3} if started else {"200": 2, "none": 1}


def test_429_says_when_to_come_back():
    with FakeServer(
        Settings(faults=("status_429@1", "status_429_ms@2", "status_429_hours@3"), retry_after_s=7)
    ) as server:
        assert write(server).headers["retry-after"] == "7"
        assert write(server).headers["retry-after-ms"] == "7000"
        assert write(server).headers["retry-after"] == "18000"
    with FakeServer(Settings(faults=("status_429_date@1", "status_429_bare@2"), retry_after_s=7)) as server:
        then = parsedate_to_datetime(write(server).headers["retry-after"]).timestamp()
        assert then > time.time() - 60
        assert "retry-after" not in write(server).headers


def test_errors_have_the_form_of_openai():
    with with_fault("insufficient_quota") as server:
        assert second(server).error["code"] == "insufficient_quota"
    with with_fault("context_length") as server:
        assert second(server).error["code"] == "context_length_exceeded"


def test_html_instead_of_json():
    with with_fault("html_200") as server:
        found = second(server)
        assert (found.status, found.headers["content-type"]) == (200, "text/html")
        assert found.body.startswith(b"<!doctype html>")
        assert server.stats()["billed_unseen"] == 1


@pytest.mark.parametrize("kind", ["half_json", "length_too_short", "empty_body"])
def test_bodies_that_are_no_json(kind):
    with with_fault(kind) as server:
        found = second(server)
        assert found.status == 200
        with pytest.raises(json.JSONDecodeError):
            json.loads(found.body)
        assert server.stats()["billed_unseen"] == 1


def test_slow_loris_ends_for_the_patient():
    with with_fault("slow_loris") as server:
        found = second(server)
        assert json.loads(found.text)["id"] == "a1b2"
        assert found.headers["x-burnish-fake"].startswith("no model inside")
        assert server.stats()["billed_unseen"] == 0


def test_slow_loris_left_by_the_impatient():
    with FakeServer(Settings(faults=("slow_loris@1",), drip_ms=150.0)) as server:
        answer = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        answer.request("POST", "/v1/chat/completions", b'{"messages":[{"role":"user","content":"x"}]}')
        assert answer.getresponse().read(1) == b"{"
        answer.close()
        while server.stats()["in_flight"]:
            time.sleep(0.02)
        assert (server.stats()["billed_unseen"], server.stats()["gave_up"]) == (1, 1)


def test_gzip_bomb_is_small_on_the_wire_and_sound():
    with with_fault("gzip_bomb") as server:
        found = second(server)
        assert found.headers["content-encoding"] == "gzip"
        assert len(found.body) < 200_000
        inflated = zlib.decompress(found.body, 31)
        assert len(inflated) > 64 * 2**20
        assert json.loads(inflated)["choices"]


def test_empty_choices_and_null_content():
    with with_fault("empty_choices") as server:
        assert second(server).json["choices"] == []
    with with_fault("null_content") as server:
        assert second(server).text is None


def test_finish_reasons():
    with with_fault("content_filter") as server:
        found = second(server)
        assert (found.choice["finish_reason"], found.text) == ("content_filter", "")
    with with_fault("cut_json") as server:
        found = second(server)
        assert found.choice["finish_reason"] == "length"
        with pytest.raises(json.JSONDecodeError):
            json.loads(found.text)


def test_another_model_answers_and_no_usage():
    with with_fault("other_model") as server:
        assert second(server).json["model"] == "burnish-fake-other"
    with with_fault("no_usage") as server:
        assert "usage" not in second(server).json
        assert server.stats()["billed_calls"] == 3


def test_swapped_answers_belong_to_another_request():
    with FakeServer(Settings(faults=("swapped@2",))) as server:
        first = write(server, "the first", schema={"properties": {"id": {"const": "one"}}})
        swapped = write(server, "the second", schema={"properties": {"id": {"const": "two"}}})
        assert json.loads(swapped.text) == json.loads(first.text) == {"id": "one"}
        assert json.loads(write(server, "the second", schema={"properties": {"id": {"const": "two"}}}).text) == {
            "id": "two"
        }


def test_swapped_without_another_request_is_made_up():
    with FakeServer(Settings(faults=("swapped@1",))) as server:
        assert json.loads(write(server).text)["id"] != "a1b2"


def test_swapped_distribution():
    with FakeServer(Settings(faults=("swapped@2",))) as server:
        assert choose(server, "the first").likely() == choose(server, "the second").likely()
        assert choose(server, "the first").likely() != choose(server, "the second").likely()


def test_same_score_for_everything():
    with FakeServer(Settings(faults=("same_score",))) as server:
        assert {json.loads(write(server, f"text {n}").text)["score"] for n in range(10)} == {3}
        assert {choose(server, f"text {n}").text for n in range(10)} == {"3"}


def test_refusal():
    with with_fault("refusal") as server:
        assert second(server).text.startswith("I'm sorry")
    with with_fault("refusal") as server:
        assert second(server, choose).text == "I"


@pytest.mark.parametrize(
    ("kind", "before"), [("prose", "Sure! Here"), ("code_fence", "```json\n"), ("single_quotes", "{'")]
)
def test_answers_that_are_not_only_json(kind, before):
    with with_fault(kind) as server, FakeServer() as sound:
        found = second(server).text
        assert found.startswith(before)
        right = json.loads(write(sound, "the second").text)
        assert str(right["score"]) in found
        with pytest.raises(json.JSONDecodeError):
            json.loads(found)


@pytest.mark.parametrize(("kind", "token"), [("nan_score", "NaN"), ("out_of_range", "11")])
def test_scores_that_are_none(kind, token):
    with with_fault(kind) as server:
        score = json.loads(second(server).text)["score"]
        assert score == 11 if token == "11" else math.isnan(score)
    with with_fault(kind) as server:
        found = second(server, choose)
        assert found.text == token
        assert max(found.likely(), key=found.likely().get) == token


def test_duplicate_keys():
    with with_fault("duplicate_keys") as server:
        pairs = json.loads(second(server).text, object_pairs_hook=list)
        assert [key for key, _ in pairs] == ["id", "id", "score", "score", "reason", "reason"]
        assert all(first != again for (_, first), (_, again) in zip(pairs[::2], pairs[1::2], strict=True))


def test_repeats_until_the_budget_is_spent():
    with with_fault("repeats") as server:
        found = second(server, max_tokens=300)
        assert found.choice["finish_reason"] == "length"
        assert found.json["usage"]["completion_tokens"] == 300
        assert found.text.count("a hat on top of") > 50


def test_every_fault_is_tested_here_and_documented():
    alone = {"html_200", "half_json", "length_too_short", "empty_body", "slow_loris", "gzip_bomb", "empty_choices"}
    alone |= {
        "null_content",
        "content_filter",
        "cut_json",
        "other_model",
        "no_usage",
        "swapped",
        "same_score",
        "refusal",
    }
    alone |= {"prose", "code_fence", "single_quotes", "nan_score", "out_of_range", "duplicate_keys", "repeats"}
    assert set(faults.load()) == alone | set(STATUS) | set(CUT)
    assert all(20 < len(fault.about) < 100 for fault in faults.load().values())


def test_an_outage_takes_the_whole_of_v1():
    with FakeServer(Settings(faults=("outage@t0-",))) as server:
        for method, path in (("GET", "/v1/models"), ("POST", "/v1/chat/completions")):
            with pytest.raises(http.client.RemoteDisconnected):
                send(server, method, path)
        assert send(server, "GET", "/health").status == 200


def test_unknown_faults_are_refused_with_the_nearest_name():
    with pytest.raises(UsageError, match="Did you mean 'status_429'"), FakeServer(Settings(faults=("status_428",))):
        pass
