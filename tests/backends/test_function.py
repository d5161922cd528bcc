"""Which of a user's objects are functions of one request, and what becomes of their answers."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from burnish.backends import load
from burnish.backends.function import FunctionBackend, is_judge
from burnish.errors import UsageError
from burnish.values import (
    AssessRequest,
    Budget,
    CaptionRequest,
    Draft,
    Edit,
    ExplainRequest,
    Failure,
    Request,
    RewriteRequest,
    Score,
    State,
)
from tests.builders import picture
from tests.cli.calls import call, lay_sample


def by_name(request):
    return 3.0


def by_annotation(asked: Request, depth: int = 2) -> float:
    return 3.0 + depth


def by_narrow_annotation(asked: AssessRequest) -> float:
    return 3.0


class Judge:
    def __call__(self, request: RewriteRequest) -> str:
        return request.text


def factory(options: Mapping[str, str]) -> FunctionBackend:
    return FunctionBackend(by_name)


def two(request, options):
    return 3.0


def keyword(*, request):
    return 3.0


@pytest.mark.parametrize("judge", [by_name, by_annotation, by_narrow_annotation, Judge()])
def test_functions_of_one_request_are_known_by_their_signature(judge) -> None:
    assert is_judge(judge)


@pytest.mark.parametrize("other", [factory, two, keyword, FunctionBackend, dict, iter, 3, None])
def test_everything_else_is_taken_for_a_factory(other) -> None:
    assert not is_judge(other)


def test_a_function_named_on_the_command_line_is_the_model() -> None:
    request = AssessRequest(picture=picture(), text="A red apple.", criterion="overall")
    backend = load(f"{__name__}:by_name", {})
    assert re.fullmatch(rf"function:{__name__}\.by_name:[0-9a-f]{{12}}", backend.identity)
    assert backend.answer([request]) == [Score(criterion="overall", value=3.0, confidence=1.0)]
    with pytest.raises(UsageError, match="takes no backend_options"):
        load(f"{__name__}:by_name", {"depth": "2"})


def test_a_plain_function_runs_the_whole_job(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay_sample(Path("in"), "00000.tar")
    Path("plain_judge.py").write_text("def judge(request):\n    return 4.0\n", encoding="utf-8")
    answer = call("enhance", "in", "-o", "out", "--backend", "plain_judge:judge")
    assert (answer.code, "kept 120" in answer.out) == (0, True)


def told(request: Request) -> str | float | None:
    """A judge of all kinds; sees whether there is a picture."""
    if isinstance(request, ExplainRequest):
        return None if request.text == "" else f"it got {request.value:.1f}"
    return 1.0 if int(request.picture.rgb.min()) == 255 else 4.0


def test_a_function_may_give_reasons_or_abstain() -> None:
    asked = [ExplainRequest(picture=picture(), text=t, criterion="overall", value=1.5) for t in ("a dog", "")]
    given, none = FunctionBackend(told).answer(asked)
    assert given == Draft(text="it got 1.5")
    assert isinstance(none, Failure)
    assert none.state is State.ABSTAINED
    (number,) = FunctionBackend(by_name).answer(asked[:1])
    assert isinstance(number, Failure), "a number is no reason"


def test_a_function_that_knows_nothing_of_blind_requests_sees_no_picture_either() -> None:
    request = AssessRequest(picture=picture(), text="a dog", criterion="overall")
    seen, blind = FunctionBackend(told).answer([request, replace(request, blind=True)])
    assert isinstance(seen, Score)
    assert isinstance(blind, Score)
    assert (seen.value, blind.value) == (4.0, 1.0)
    assert int(request.picture.rgb.min()) < 255, "the picture itself is not painted over"


@pytest.mark.parametrize(("answer", "state"), [(None, State.ABSTAINED), (3.0, State.UNPARSABLE), ("A boat.", None)])
def test_a_caption_is_a_text_and_nothing_is_no_caption(answer, state) -> None:
    (reply,) = FunctionBackend(lambda _: answer).answer([CaptionRequest(picture=picture(), format="ssc")])
    assert (reply.state if isinstance(reply, Failure) else None) is state


def made(value: float, least: float = 1.0):
    return lambda _: max(value, least)


def test_another_function_of_the_same_name_is_another_model() -> None:
    judges = [
        made(4.0),
        made(1.0),
        made(4.0, 2.0),
        lambda _: 4.0,
        lambda request: "a" in {"a", "b", request.text},
    ]
    names = [FunctionBackend(judge).identity for judge in judges]
    assert len(set(names)) == len(names)
    assert FunctionBackend(made(4.0)).identity == names[0]
    code = "from tests.backends.test_function import *; print(FunctionBackend(made(4.0)).identity)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert told.stdout.strip() == names[0]  # in any process: a run goes on


REWRITE = RewriteRequest(picture=picture(), text="A red apple.jpg", budget=Budget(max_changed=0.5, max_inserted=3))


@pytest.mark.parametrize(
    ("request_", "answer", "state"),
    [
        ("assess", True, State.UNPARSABLE),
        ("assess", False, State.UNPARSABLE),
        ("assess", Score(criterion="overall", value=99.0, confidence=1.0), State.OUT_OF_RANGE),
        ("assess", Score(criterion="overall", value=math.nan, confidence=1.0), State.OUT_OF_RANGE),
        ("assess", Draft(text="x"), State.UNPARSABLE),
        ("rewrite", Score(criterion="overall", value=3.0, confidence=1.0), State.UNPARSABLE),
        ("rewrite", True, State.UNPARSABLE),
    ],
)
def test_odd_answers_are_failures_and_no_scores(request_: str, answer: object, state: State) -> None:
    assess = AssessRequest(picture=picture(), text="A red apple.", criterion="overall")
    [reply] = FunctionBackend(lambda _: answer).answer([assess if request_ == "assess" else REWRITE])
    assert isinstance(reply, Failure)
    assert reply.state is state


def test_edits_that_do_not_give_the_draft_are_not_believed() -> None:
    wrong = Draft(text="A red apple", edits=(Edit(start=0, before="zzz", after="", why="junk", junk=True),))
    right = Draft(text="A red apple", edits=(Edit(start=11, before=".jpg", after="", why="file name", junk=True),))
    assert FunctionBackend(lambda _: wrong).answer([REWRITE]) == [Draft(text="A red apple")]
    assert FunctionBackend(lambda _: right).answer([REWRITE]) == [right]
