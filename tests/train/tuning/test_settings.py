"""Settings of a fine-tuning: layers, ranges, messages."""

import pytest

from burnish.errors import UsageError
from burnish.train.tuning.settings import FULL_RATE, LORA_RATE, build


def test_roles_have_their_tasks():
    assert build("judge").tasks == ("assess",)
    assert build("enhancer").tasks == ("assess", "rewrite", "joint")
    assert build("enhancer", {"tasks": "assess, rewrite"}).tasks == ("assess", "rewrite")


def test_later_layers_win_and_tables_are_laid_over_each_other():
    found = build("judge", {"steps": 5, "trainer": {"fsdp": "x", "seed": 1}}, {"steps": 7, "trainer": {"seed": 2}})
    assert found.steps == 7
    assert found.trainer == {"fsdp": "x", "seed": 2}


def test_the_usual_rate_depends_on_what_learns():
    assert build("judge").peak == FULL_RATE
    assert build("judge", {"lora": 8}).peak == LORA_RATE
    assert build("judge", {"lora": 8, "rate": 0.5}).peak == 0.5


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"stepps": 3}, "stepps.*Settings: tasks, steps"),
        ({"batch": 0}, "batch must be 1"),
        ({"tasks": "assess,sing"}, "tasks.1.*sing"),
        ({"steps": 0, "epochs": 0}, "nothing to learn"),
        ({"scores": "guessed"}, "scores"),
        ({"trainer": 3}, "trainer"),
        ({"text_worth": 0}, "text_worth must be 0.001"),
        ({"text_worth": float("inf")}, "text_worth must be 0.001 to 1000"),
    ],
)
def test_what_does_not_fit_is_named(given, says):
    with pytest.raises(UsageError, match=f"(?s){says}"):
        build("enhancer", given)


def test_what_changes_no_weight_is_left_out_of_what():
    assert build("judge", {"save_every": 3, "held_out": 1}).what() == build("judge").what()
    assert build("judge", {"seed": 3}).what() != build("judge").what()
