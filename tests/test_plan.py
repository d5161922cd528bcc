"""Plans: layers, overrides, strictness, TOML and back, what is in the fingerprint."""

from __future__ import annotations

import pickle

import pytest

from burnish import plan as plans
from burnish.errors import UsageError
from burnish.plan import Plan


def test_later_layers_win_and_nested_keys_merge() -> None:
    made = plans.build({"source": "a", "rewrite": {"below": 2.0}}, {"rewrite": {"min_gain": 0.5}}, {"source": "b"})
    assert (made.source, made.rewrite.below, made.rewrite.min_gain) == ("b", 2.0, 0.5)


def test_toml_out_is_toml_in(tmp_path) -> None:
    made = plans.build({"source": "a", "store_options": {"text": "alt"}}, plans.override("limits.max_pixels=1000"))
    file = tmp_path / "plan.toml"
    file.write_text(made.to_toml())
    assert plans.build(plans.load(str(file))) == made


@pytest.mark.parametrize(
    ("assignment", "value"),
    [("rewrite.below=2.5", 2.5), ("workers=3", 3), ("backend=fake", "fake"), ("text.unescape_html=true", True)],
)
def test_overrides_are_read_as_toml_else_as_text(assignment: str, value: object) -> None:
    made = plans.build({"source": "a"}, plans.override(assignment))
    nested: object = made
    for part in assignment.partition("=")[0].split("."):
        nested = getattr(nested, part)
    assert nested == value


def test_names_of_options_may_hold_dots() -> None:
    said = ("backend_options.then=openai", "backend_options.then.model=small")
    assert plans.build({"source": "a"}, *map(plans.override, said)).backend_options == {
        "then": "openai",
        "then.model": "small",
    }


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("rewrite.bellow=2", "Did you mean 'rewrite.below'?"),
        ("text_column=words", "store_options"),
        ("rewrite.below=high", "does not fit"),
        ("nonsense", "--set takes key=value"),
        ("=3", "--set takes key=value"),
    ],
)
def test_wrong_keys_and_values_are_named(assignment: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        plans.build({"source": "a"}, plans.override(assignment))


def test_how_to_run_is_not_in_the_fingerprint() -> None:
    plan = Plan(source="a")
    assert plan.semantic() == Plan(source="a", workers=7, batch_size=1, limit=9, max_bad=0.9, output="o").semantic()
    assert plan.semantic() != plans.build({"source": "a"}, plans.override("rewrite.below=1.5")).semantic()


@pytest.mark.parametrize(
    ("backend", "how", "what"),
    [
        ("openai", {"concurrency": "3", "timeout_s": "9", "base_url": "http://b/v1"}, {"model": "m", "side_px": "64"}),
        ("transformers", {"device": "cuda:1", "batch_tokens": "64"}, {"model": "m", "dtype": "bf16"}),
        ("vllm", {"engine.gpu_memory_utilization": "0.5"}, {"model": "m", "engine.seed": "1"}),
        ("cascade", {"then.concurrency": "3", "first.retries": "1"}, {"first": "openai", "then": "openai"}),
        ("openai", {"concurrency": "3"}, {}),
        ("fake", {}, {"side_px": "64", "concurrency": "3"}),
        ("some.module:factory", {}, {"concurrency": "3"}),
        ("cascade(a,b,sure=0.5)", {}, {"timeout_s": "3"}),
    ],
)
def test_options_that_cannot_change_an_answer_are_not_in_the_fingerprint(
    backend: str, how: dict[str, str], what: dict[str, str]
) -> None:
    assert plans.how_options(backend, {**how, **what}) == how.keys()
    told = Plan(source="a", backend=backend, backend_options={**how, **what}).semantic()
    assert told == Plan(source="a", backend=backend, backend_options=what).semantic()
    assert [told[f"backend_options.{name}"] for name in what] == list(what.values())


def test_plans_pickle() -> None:
    plan = plans.build({"source": "a"})
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_a_slash_behind_a_folder_makes_no_other_plan() -> None:
    assert plans.build({"source": "in/"}) == plans.build({"source": "in"})
    assert [plans.build({"source": name}).source for name in ("/", "s3://bucket/")] == ["/", "s3://bucket/"]
