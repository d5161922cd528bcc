"""How the scores of two judges are told apart in the figures."""

from __future__ import annotations

from benchmarks import onnx_judge
from burnish.values import Failure, Score, State


def score(value: float) -> Score:
    return Score(criterion="overall", value=value, confidence=1.0)


def test_differences_are_of_what_both_scored() -> None:
    failed = Failure(state=State.UNPARSABLE, detail="")
    found = onnx_judge.differences(
        [score(1.5), score(2.0), failed, failed], [score(1.25), score(2.0), score(3.0), failed]
    )
    assert found == {
        "requests": 4,
        "scores_of_both": 2,
        "failures_of_one_alone": 1,
        "largest_difference": 0.25,
        "not_equal_at_4_digits": 1,
        "different_scores": 2,
    }


def test_scenes_are_asked_about_one_criterion_after_the_other() -> None:
    asked = onnx_judge.requests(2, 21, ("overall", "text_quality"))
    assert [one.criterion for one in asked] == ["overall", "text_quality"] * 2
    assert asked[0].picture is asked[1].picture
    assert asked[1].picture is not asked[2].picture
