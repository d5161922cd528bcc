"""What responses mean, from their bytes alone."""

import math

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.chat.openai import answers
from burnish.chat.openai.answers import Answered, Busy, Failed, Hopeless, Rejected, meaning
from burnish.chat.openai.wire import Lost, Raw
from tests.chat.openai.stub import chosen, completion

JSON = {"content-type": "application/json; charset=utf-8"}


def raw(payload: object, status: int = 200, **headers: str) -> Raw:
    body = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return Raw(status=status, headers={**JSON, **{k.replace("_", "-"): v for k, v in headers.items()}}, body=body)


def error(message: str, code: object = None) -> dict:
    return {"error": {"message": message, "type": "x", "code": code}}


def test_a_completion_is_an_answer_with_its_usage():
    came = meaning(raw(completion("hello", finish="length")))
    assert isinstance(came, Answered)
    assert (came.text, came.cut, came.used("prompt_tokens")) == ("hello", True, 10)


@pytest.mark.parametrize(
    ("content", "text"),
    [(None, ""), (5, ""), ("", ""), ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "ab")],
)
def test_contents_of_other_forms_are_read_or_empty(content, text):
    payload = {"choices": [{"message": {"content": content}}], "usage": {"prompt_tokens": True}}
    came = meaning(raw(payload))
    assert isinstance(came, Answered)
    assert (came.text, came.used("prompt_tokens"), came.cut) == (text, 0, False)


def test_a_refusal_is_said_in_its_own_field():
    came = meaning(raw({"choices": [{"message": {"content": None, "refusal": "I'm sorry"}}]}))
    assert isinstance(came, Answered)
    assert came.text == "I'm sorry"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"choices": [', b"[]", b"null", b"{}", b'{"choices": []}', b'{"choices": [1]}', b"\xff\xfe"],
)
def test_a_good_status_without_an_answer_is_a_failure_that_may_have_cost(body):
    assert meaning(raw(body)) == Failed(detail=meaning(raw(body)).detail, billed=True)


def test_html_that_is_json_by_chance_is_no_answer():
    came = meaning(Raw(status=200, headers={"content-type": "text/html"}, body=orjson.dumps(completion())))
    assert isinstance(came, Failed)


@pytest.mark.parametrize(("status", "billed"), [(408, True), (500, True), (502, True), (504, True), (520, False)])
def test_server_errors_are_failures(status, billed):
    assert meaning(raw(error("oops"), status)) == Failed(detail=f"status {status}: oops x", billed=billed)


@pytest.mark.parametrize("status", [301, 307, 401, 402, 403, 404, 405, 407])
def test_what_only_a_person_can_change_is_hopeless(status):
    assert isinstance(meaning(raw(error("no"), status)), Hopeless)


@pytest.mark.parametrize(
    "said",
    [error("You exceeded your current quota"), error("x", "insufficient_quota"), error("gone", "model_not_found")],
)
@pytest.mark.parametrize("status", [400, 429])
def test_an_empty_purse_or_a_missing_model_is_hopeless_whatever_the_status(said, status):
    assert isinstance(meaning(raw(said, status)), Hopeless)


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_what_the_server_will_not_take_is_a_rejection_that_a_smaller_image_may_cure(status):
    came = meaning(raw({"detail": [{"msg": "too long"}]}, status))
    assert isinstance(came, Rejected)
    assert came.smaller
    assert "too long" in came.detail


def test_filters_reject_and_a_smaller_image_would_not_help():
    assert meaning(raw(error("no", "content_policy_violation"), 400)) == Rejected(
        detail="status 400: no content_policy_violation x"
    )
    held_back = meaning(raw(completion("", finish="content_filter")))
    assert isinstance(held_back, Rejected)
    assert held_back.billed


def test_what_a_server_says_cannot_drive_a_terminal():
    came = meaning(raw(b"\x1b[2J gone \xe2\x80\xae", 500))
    assert isinstance(came, Failed)
    assert came.detail.isprintable()


def test_an_error_wrapped_in_a_good_status_is_the_error():
    assert isinstance(meaning(raw(error("slow down", 429))), Busy)
    assert isinstance(meaning(raw(error("broken", "upstream"))), Failed)


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:10 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 10),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:28:10 GMT"}, 0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_retry_after_in_all_its_forms(headers, wait_s):
    assert answers.retry_after(headers) == wait_s
    assert meaning(raw(error("later"), 429, **headers)) == Busy(detail="status 429: later x", wait_s=wait_s)


@pytest.mark.parametrize("after", ["18000", "inf", "1e300"])
def test_hours_of_patience_are_hopeless(after):
    assert isinstance(meaning(raw(error("later"), 429, retry_after=after)), Hopeless)


def test_503_is_busy_only_if_it_says_for_how_long():
    assert isinstance(meaning(raw(error("down"), 503)), Failed)
    assert meaning(raw(error("down"), 503, retry_after="2")) == Busy(detail="status 503: down x", wait_s=2)


def test_what_was_lost_may_have_cost_only_if_it_was_sent():
    assert meaning(Lost(detail="refused", sent=False)) == Failed(detail="refused", billed=False)
    assert meaning(Lost(detail="reset", sent=True)) == Failed(detail="reset", billed=True)


def likely(entries: object) -> list[tuple[str, float]] | None:
    content = [{"token": "x", "logprob": 0, "top_logprobs": entries}]
    return answers.shares(Answered(payload=completion(logprobs={"content": content})))


def test_probabilities_are_read_and_senseless_ones_left_out():
    found = likely([{"token": "4", "logprob": math.log(0.5)}, {"token": "5", "logprob": None}, 3, {"token": "1"}])
    assert found == [("4", pytest.approx(0.5))]
    assert likely([{"token": "4", "logprob": 0.7}]) is None
    assert likely([{"token": "4", "logprob": -9999.0}]) == [("4", 0.0)]


def test_a_token_that_stands_twice_counts_once_and_more_than_everything_is_nothing():
    assert likely([{"token": "4", "logprob": -0.1}] * 2) == [("4", pytest.approx(math.exp(-0.1)))]
    assert likely([{"token": t, "logprob": -0.1} for t in "45"]) is None


@pytest.mark.parametrize(
    "logprobs", [None, 3, {}, {"content": None}, {"content": []}, {"content": [{}]}, {"content": [3]}]
)
def test_missing_logprobs_are_none(logprobs):
    assert answers.shares(Answered(payload=completion(logprobs=logprobs))) is None


@pytest.mark.parametrize("token", ["4", " 4", "\u25814", "\u01204", "\uff14", "4\n", "\u3000\uff14"])
def test_spellings_of_a_token_are_one_answer(token):
    assert answers.folded(token) == "4"


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "error", "message", "content", "logprobs", "top_logprobs", "usage", "code", "detail"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(payload=json, status=st.sampled_from([200, 201, 204, 302, 400, 401, 413, 429, 500, 503, 529]))
def test_no_json_makes_reading_fail(payload, status):
    came = meaning(raw(payload, status))
    assert isinstance(came, Answered | Rejected | Busy | Failed | Hopeless)
    if isinstance(came, Answered):
        assert isinstance(came.text, str)
        answers.shares(came)
        assert came.used("prompt_tokens") >= 0


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_fail(body):
    assert isinstance(meaning(raw(body)), Answered | Rejected | Busy | Failed | Hopeless)


@given(st.binary(max_size=40), st.integers(0, 400))
def test_damaged_answers_are_answers_or_failures(rubbish, at):
    whole = orjson.dumps(chosen())
    at %= len(whole)
    came = meaning(raw(whole[:at] + rubbish + whole[at + len(rubbish) :]))
    assert isinstance(came, Answered | Failed | Rejected | Hopeless | Busy)
