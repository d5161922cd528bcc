"""The reader of model text: what it takes, what it refuses and in which state, and that it never guesses."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import replies
from burnish.values import Failure, State

SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"const": "9f"},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
        "caption": {"type": "string", "maxLength": 40},
        "tags": {"type": "array", "maxItems": 3, "items": {"type": "string", "enum": ["dog", "cat"]}},
        "sure": {"type": "boolean"},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["id", "score", "caption", "tags", "sure", "share"],
    "additionalProperties": False,
}
GOOD = {"id": "9f", "score": 4, "caption": "A red barn", "tags": ["dog"], "sure": True, "share": 0.5}


def read(changes: dict[str, object] | None = None, text: str = "{}", *, cut: bool = False):
    answer = json.dumps({**GOOD, **(changes or {})})
    return replies.read_object(text.replace("{}", answer), SCHEMA, cut=cut)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        " {}\n",
        "```json\n{}\n```",
        "Here it is: {} Hope that helps!",
        "<think>is {a: 1} it?</think>{}",
        "is {a: 1} it?\n</think>\n{}",
        "\ufeff{}",
    ],
)
def test_one_object_is_read_whatever_stands_round_it(text: str) -> None:
    assert read(text=text) == GOOD


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"score": 6}, State.OUT_OF_RANGE),
        ({"score": 0}, State.OUT_OF_RANGE),
        ({"score": 4.7}, State.OUT_OF_RANGE),
        ({"score": 4.0}, State.OUT_OF_RANGE),
        ({"score": "4"}, State.UNPARSABLE),
        ({"score": "5/5"}, State.UNPARSABLE),
        ({"score": True}, State.UNPARSABLE),
        ({"score": None}, State.UNPARSABLE),
        ({"score": float("nan")}, State.OUT_OF_RANGE),
        ({"score": float("inf")}, State.OUT_OF_RANGE),
        ({"score": 10**4000}, State.OUT_OF_RANGE),
        ({"share": 1.01}, State.OUT_OF_RANGE),
        ({"id": "00"}, State.UNPARSABLE),
        ({"id": 9}, State.UNPARSABLE),
        ({"caption": "x" * 41}, State.UNPARSABLE),
        ({"caption": "\ud800"}, State.UNPARSABLE),
        ({"caption": ["x"]}, State.UNPARSABLE),
        ({"tags": ["dog"] * 4}, State.UNPARSABLE),
        ({"tags": ["cow"]}, State.OUT_OF_RANGE),
        ({"tags": "dog"}, State.UNPARSABLE),
        ({"sure": 1}, State.UNPARSABLE),
        ({"more": 1}, State.UNPARSABLE),
    ],
)
def test_what_breaks_the_schema_is_refused_never_clamped(changes: dict[str, object], state: State) -> None:
    found = read(changes)
    assert isinstance(found, Failure)
    assert found.state is state


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no braces",
        "{'id': '9f'}",
        '{"id": "9f", "id": "9f"}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"score": ' + "9" * 5000 + "}",
        "{} {}",
        "x" * (replies.MAX_CHARS + 1),
        "\x00{",
    ],
)
def test_what_is_no_answer_is_unparsable(text: str) -> None:
    found = read(text=text) if "{}" in text else replies.read_object(text, SCHEMA)
    assert isinstance(found, Failure)
    assert found.state is State.UNPARSABLE
    assert len(found.detail) < 500


def test_a_missing_key_is_named() -> None:
    answer = {key: value for key, value in GOOD.items() if key != "score"}
    found = replies.read_object(json.dumps(answer), SCHEMA)
    assert isinstance(found, Failure)
    assert "lacks score" in found.detail


def test_a_cut_answer_is_truncated_and_a_whole_one_counts() -> None:
    found = replies.read_object(json.dumps(GOOD)[:-9], SCHEMA, cut=True)
    assert isinstance(found, Failure)
    assert found.state is State.TRUNCATED
    assert read(cut=True) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I cannot assist with identifying people.",
        "As an AI language model, I do not see images.",
        "Sorry! {}",
        "Es tut mir leid, das kann ich nicht.",
        "抱歉，我无法",
        "<think>hm</think>I am unable to view the image.",
    ],
)
def test_refusals_have_a_state_of_their_own(text: str) -> None:
    assert replies.refused(text)
    found = replies.read_object(text.replace("{}", "{"), SCHEMA)
    assert isinstance(found, Failure)
    assert found.state is State.REFUSED


@pytest.mark.parametrize(
    "text",
    ["A sorry sight of a dog", "Assisting nurses", "I can't believe it's not butter", "Lamentations", "As an aid"],
)
def test_captions_are_no_refusals(text: str) -> None:
    assert not replies.refused(text)


@pytest.mark.parametrize(("text", "index"), [("4", 3), (" 4\n", 3), ("4.", 3), ('"4"', 3), ("**4**", 3), ("1", 0)])
def test_answers_are_recognised(text: str, index: int) -> None:
    assert replies.read_answer(text, "12345") == index


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("6", State.OUT_OF_RANGE),
        ("4.7", State.OUT_OF_RANGE),
        ("4/5", State.OUT_OF_RANGE),
        ("-1", State.OUT_OF_RANGE),
        ("four", State.UNPARSABLE),
        ("", State.UNPARSABLE),
        ("4 or 5", State.UNPARSABLE),
        ("I cannot rate this image.", State.REFUSED),
    ],
)
def test_what_is_none_of_the_answers_is_a_failure(text: str, state: State) -> None:
    found = replies.read_answer(text, "12345")
    assert isinstance(found, Failure)
    assert found.state is state


@given(st.text())
def test_any_text_is_an_answer_or_a_failure(text: str) -> None:
    assert isinstance(replies.read_object(text, SCHEMA), Failure)
    assert isinstance(replies.read_answer(text, "12345"), int | Failure)


def mutate(rng: random.Random, text: str) -> str:
    chars = list(text)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(chars)) if chars else 0
        way = rng.randrange(5)
        if way == 0:
            chars[at : at + 1] = []
        elif way == 1:
            chars.insert(at, rng.choice('{}[]",:\\0159.-eE+ \nnulltrueNaN\u0000\ud83d'))
        elif way == 2:
            chars[at : at + 1] = rng.choice('{}[]",:\\0159.-e')
        elif way == 3:
            stop = rng.randrange(at, len(chars) + 1)
            chars[at:at] = chars[at:stop]
        else:
            del chars[at:]
    return "".join(chars)


def keeps_to_schema(found: dict[str, object]) -> bool:
    return (
        set(found) == set(GOOD)
        and found["id"] == "9f"
        and type(found["score"]) is int
        and 1 <= found["score"] <= 5
        and isinstance(found["caption"], str)
        and len(found["caption"]) <= 40
        and isinstance(found["share"], int | float)
        and 0 <= found["share"] <= 1
    )


def check_mutated(seeds: range) -> int:
    accepted = 0
    text = json.dumps(GOOD)
    for seed in seeds:
        mutated = mutate(random.Random(seed), text)
        found = replies.read_object(mutated, SCHEMA, cut=bool(seed % 2))
        if isinstance(found, Failure):
            continue
        accepted += 1
        assert keeps_to_schema(found), mutated
        if found["score"] != 4:  # never clamped: the number stands in the text as it was read
            assert f'"score": {found["score"]}' in mutated or f'"score":{found["score"]}' in mutated
    return accepted


def test_mutated_answers_are_refused_or_keep_to_the_schema() -> None:
    assert 0 < check_mutated(range(5_000)) < 4_000


@pytest.mark.full("F9")
@pytest.mark.timeout(1200)
def test_two_hundred_thousand_mutated_answers(record_property: Callable[[str, object], None]) -> None:
    accepted = check_mutated(range(200_000))
    record_property("mutated answers", 200_000)
    record_property("accepted, all in range", accepted)


@pytest.mark.parametrize("cut", [False, True])
def test_a_draft_in_thinking_that_was_not_ended_is_no_answer(cut: bool) -> None:  # noqa: FBT001
    found = read(text="<think>Maybe {}? No, the image shows", cut=cut)
    assert isinstance(found, Failure)
    assert found.state is (State.TRUNCATED if cut else State.UNPARSABLE)
    assert replies.read_answer("It is a cat, so\n</think>\n4", "12345") == 3


def test_an_answer_may_speak_of_the_end_of_thinking() -> None:
    text = {"type": "object", "properties": {"caption": {"type": "string"}}}
    said = '{"caption": "The letters </think> on a wall"}'
    assert replies.read_object(said, text) == {"caption": "The letters </think> on a wall"}
