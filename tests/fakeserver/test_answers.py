"""What the modes answer, and that equal questions get equal answers."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.errors import UsageError
from burnish.fakeserver import FakeServer, Settings, answers, schema
from burnish.fakeserver.answers.hash import Hash
from burnish.fakeserver.draws import Draw
from tests.fakeserver.calls import SCORES, chat, choose, write


@pytest.fixture(scope="module")
def server():
    with FakeServer(Settings(outside_mass=0.1)) as running:
        yield running


def test_modes_are_the_files():
    assert answers.names() == ["echo", "gullible", "hash", "obedient", "oracle", "script"]
    with (
        pytest.raises(UsageError, match="Choose from: echo, gullible, hash, obedient, oracle, script"),
        FakeServer(Settings(mode="wise")),
    ):
        pass


def test_a_choice_has_a_full_distribution(server):
    for text in map(str, range(20)):
        found = choose(server, text)
        likely = {token: math.exp(p) for token, p in found.likely().items()}
        assert len(likely) == 20
        assert math.fsum(likely[c] for c in "12345") == pytest.approx(0.9)
        assert 0.99 < math.fsum(likely.values()) <= 1
        assert found.text == max("12345", key=likely.get)
        assert list(likely.values()) == sorted(likely.values(), reverse=True)
        assert found.choice["logprobs"]["content"][0]["logprob"] == found.likely()[found.text]


def test_different_texts_get_different_answers(server):
    assert {choose(server, str(n)).text for n in range(60)} == set("12345")
    assert len({write(server, str(n)).text for n in range(20)}) == 20


def test_top_logprobs_are_as_many_as_asked(server):
    for count in (0, 1, 7, 20):
        assert len(choose(server, top_logprobs=count).choice["logprobs"]["content"][0]["top_logprobs"]) == count


def test_structured_choices_of_several_tokens(server):
    found = chat(
        server, structured_outputs={"choice": ["not sure", "not at all", "yes"]}, logprobs=True, top_logprobs=5
    )
    assert found.text in {"not sure", "not at all", "yes"}
    likely = {token: math.exp(p) for token, p in found.likely().items()}
    assert likely["not"] + likely["yes"] == pytest.approx(0.9)


def test_samples_follow_the_distribution(server):
    shares = {c: math.exp(choose(server).likely()[c]) for c in "12345"}
    tokens = [
        c["message"]["content"]
        for seed in range(8)
        for c in chat(server, max_tokens=1, temperature=1, n=100, seed=seed).json["choices"]
    ]
    assert len(tokens) == 800
    for choice, share in shares.items():
        assert tokens.count(choice) / 800 == pytest.approx(share, abs=4.5 * math.sqrt(share * (1 - share) / 800))
    assert set(tokens) - set("12345")  # the mass outside is sampled, too
    constrained = chat(server, structured_outputs={"choice": ["1", "2"]}, temperature=1, n=100, seed=0).json
    assert {c["message"]["content"] for c in constrained["choices"]} == {"1", "2"}


def test_the_same_seed_samples_the_same_and_another_does_not(server):
    def sample(**wanted):
        return [c["message"]["content"] for c in chat(server, temperature=1, n=5, **wanted).json["choices"]]

    assert sample(seed=1) == sample(seed=1) != sample(seed=2)
    assert len(set(sample(seed=1))) == 5
    assert sample() != sample()
    assert len({c["message"]["content"] for c in chat(server, n=5).json["choices"]}) == 1


def test_answers_do_not_depend_on_the_order_of_arrival():
    texts = [str(n) for n in range(30)]

    def all_of(order):
        settings = Settings(faults=("status_500@20%", "prose@20%"), jitter_ms=1)
        with FakeServer(settings) as running:
            found = {text: [write(running, text) for _ in range(2)] for text in order}
        return {t: [(a.status, a.text if a.status == 200 else "") for a in pair] for t, pair in found.items()}

    forward = all_of(texts)
    assert forward == all_of(texts[::-1])
    assert {status for pair in forward.values() for status, _ in pair} == {200, 500}


def test_another_seed_gives_other_answers():
    found = []
    for seed in (0, 0, 1):
        with FakeServer(Settings(seed=seed)) as running:
            found.append([choose(running, str(n)).likely() for n in range(3)])
    assert found[0] == found[1] != found[2]


INTEGERS = st.fixed_dictionaries(
    {"type": st.just("integer"), "minimum": st.integers(-99, 0), "maximum": st.integers(0, 99)}
)
LEAVES = st.one_of(
    INTEGERS,
    st.builds(lambda most: {"type": "string", "maxLength": most}, st.integers(0, 60)),
    st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=5) | st.integers(), min_size=1, max_size=4)),
    st.builds(lambda value: {"const": value}, st.text(max_size=5) | st.integers()),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": "number", "minimum": 0, "maximum": 1}]),
    st.sampled_from([{"type": ["integer", "null"]}, {"$ref": "#/$defs/small"}, {"type": "string", "minLength": 30}]),
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda parts: {"type": "object", "properties": parts, "required": sorted(parts)},
            st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=4),
        ),
        st.builds(lambda items: {"type": "array", "items": items, "minItems": 1, "maxItems": 3}, inner),
        st.builds(lambda options: {"anyOf": options}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"allOf": [part]}, inner),
    ),
    max_leaves=12,
)


def fits(value, rule) -> bool:
    """A second, independent reading of the schemas above."""
    if "$ref" in rule:
        rule = {"type": "integer", "minimum": 1, "maximum": 3}
    for several, enough in (("anyOf", any), ("allOf", all)):
        if several in rule:
            return enough(fits(value, part) for part in rule[several])
    if "const" in rule or "enum" in rule:
        return value in rule.get("enum", [rule.get("const")])
    named = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    return any(isinstance(value, KINDS[kind]) for kind in named) and fits_inside(value, rule)


def fits_inside(value, rule) -> bool:
    if isinstance(value, dict):
        return set(value) == set(rule["properties"]) and all(fits(value[k], r) for k, r in rule["properties"].items())
    if isinstance(value, list):
        return 1 <= len(value) <= 3 and all(fits(entry, rule["items"]) for entry in value)
    if isinstance(value, str):
        return rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", 1_000)
    return value is None or rule.get("minimum", value) <= value <= rule.get("maximum", value)


KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


@given(SCHEMAS, st.integers(0, 99))
def test_values_fit_their_schema(rule, seed):
    rule = {**rule, "$defs": {"small": {"type": "integer", "minimum": 1, "maximum": 3}}}
    value = schema.build(rule, Hash(Draw(str(seed)), 0.0))
    assert fits(value, rule)
    assert schema.build(rule, Hash(Draw(str(seed)), 0.0)) == value


def test_echo_gives_back_the_text():
    with FakeServer(Settings(mode="echo")) as running:
        assert chat(running, "Grüße, two dogs").text == "Grüße, two dogs"
        assert json.loads(write(running, "x" * 100).text)["reason"] == "x" * 40
        assert choose(running).text in "12345"


def test_script_answers_in_order_and_from_the_beginning_again(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text('{"text": "one"}\n\n{"probabilities": {"4": 0.6, "5": 0.3}}\n', encoding="utf-8")
    with FakeServer(Settings(script=str(path))) as running:
        assert [chat(running, str(n), max_tokens=9).text for n in range(3)] == ["one", "4", "one"]
        running.reset()
        assert chat(running).text == "one"
        likely = choose(running).likely()
        assert math.exp(likely["5"]) == pytest.approx(0.3)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": 3}', '{"probabilities": {"a": 2}}', '{"text": "", "probabilities": {}}']
)
def test_script_lines_that_are_no_answers(tmp_path, line):
    path = tmp_path / "answers.jsonl"
    path.write_text('{"text": "one"}\n' + line, encoding="utf-8")
    with pytest.raises(UsageError, match=r"answers\.jsonl:2"), FakeServer(Settings(script=str(path))):
        pass


ORACLE = """
import json

def knows(request):
    seen = len(request.images), request.images[0][:4] if request.images else b""
    if request.structure:
        return json.dumps({"seen": seen[0], "head": seen[1].hex(), "text": request.text, "system": request.system})
    return {"5": 0.8, "4": 0.15}

def breaks(request):
    raise KeyError("nothing known")

def wrong(request):
    return 5

NUMBER = 3
"""


@pytest.fixture
def oracles(tmp_path, monkeypatch):
    (tmp_path / "oracles_of_a_test.py").write_text(ORACLE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "oracles_of_a_test"


def test_oracle_sees_images_and_texts_and_gives_probabilities(oracles):
    with FakeServer(Settings(oracle=f"{oracles}:knows")) as running:
        found = json.loads(write(running, "a cat", images=2, system="be kind").text)
        assert found == {"seen": 2, "head": b"\x89PNG".hex(), "text": "a cat", "system": "be kind"}
        assert math.exp(choose(running).likely()["5"]) == pytest.approx(0.8)


def test_oracles_that_fail_answer_500(oracles):
    with FakeServer(Settings(oracle=f"{oracles}:breaks")) as running:
        found = chat(running)
        assert (found.status, found.error["type"]) == (500, "server_error")
        assert "KeyError" in found.error["message"]
        assert running.stats()["billed_calls"] == 0
    with FakeServer(Settings(oracle=f"{oracles}:wrong")) as running:
        assert "the oracle gave 5" in chat(running).error["message"]


@pytest.mark.parametrize("name", ["knows", "", "nowhere:knows", "oracles_of_a_test:NUMBER"])
def test_oracles_that_are_none(oracles, name):
    with pytest.raises(UsageError), FakeServer(Settings(mode="oracle", oracle=name)):
        pass


def test_schema_answers_name_what_was_asked(server):
    found = json.loads(write(server).text)
    assert list(found) == list(SCORES["properties"])
    assert found["id"] == "a1b2"
    assert 1 <= found["score"] <= 5
