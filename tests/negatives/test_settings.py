"""Settings: one home of defaults, and a clear word for what does not fit."""

import pytest

from burnish.errors import UsageError
from burnish.negatives import settings, ways
from burnish.negatives.settings import Settings, build
from burnish.plan import RewriteRules


def test_defaults_are_those_of_a_run():
    assert Settings().bad_below == RewriteRules().below
    assert Settings().max_inserted == RewriteRules().max_inserted
    assert Settings().all_ways == tuple(ways.names())
    assert Settings(teacher="oracle").all_ways[-1] == ways.TEACHER
    assert Settings().judging == ("builtin", {})


def test_the_backend_judges_if_nobody_else_is_named():
    own = build({"backend": "oracle"}, ["backend_options.truth=s"])
    assert own.judging == ("oracle", {"truth": "s"})
    assert build({"backend": "oracle", "judge": "fake"}).judging == ("fake", {})


@pytest.mark.parametrize(
    ("assignment", "says"),
    [
        ("margin=9", "margin must be 0 to 4"),
        ("held_out=2", "held_out must be 0 to 1"),
        ("balance=ways", "none of kinds, scores, none"),
        ("test=smell", "none of scores, claims"),
        ("tasks=sing", "assess, rewrite, joint"),
        ("good_from=2", "must not be under"),
        ("ways=teacher", "--teacher"),
        ("colour=1", "Keys: backend"),
        ("margin=much", "margin"),
        ("most=3", "(?s)evenly among 4 kinds.*most to 4 or above"),
    ],
)
def test_what_does_not_fit_is_named(assignment, says):
    with pytest.raises(UsageError, match=says):
        build({}, [assignment])


def test_a_few_captions_may_be_wanted_without_balance_or_one_of_each():
    assert build({"balance": "none"}, ["most=1"]).most == 1
    assert build({}, ["most=4"]).most == 4
    with pytest.raises(UsageError, match="among 5 scores"):
        build({"balance": "scores"}, ["most=4"])


def test_options_that_only_say_where_a_model_is_are_no_part_of_the_plan():
    assert not [key for key in Settings(judge_options={"base_url": "x"}).as_json() if "options" in key]
    assert set(settings.TASKS) >= set(Settings().names("tasks"))
