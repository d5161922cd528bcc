"""Which of a user's objects are functions of one request, and what becomes of their answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from burnish.backends import load
from burnish.backends.function import FunctionBackend, is_judge
from burnish.errors import UsageError
from burnish.values import AssessRequest, Request, RewriteRequest, Score
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
    assert backend.identity == f"function:{__name__}.by_name"
    assert backend.answer([request]) == [Score(criterion="overall", value=3.0, confidence=1.0)]
    with pytest.raises(UsageError, match="takes no backend_options"):
        load(f"{__name__}:by_name", {"depth": "2"})


def test_a_plain_function_runs_the_whole_job(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay_sample(Path("in"), "00000.tar")
    Path("plain_judge.py").write_text("def judge(request):\n    return 4.0\n", encoding="utf-8")
    answer = call("enhance", "in", "-o", "out", "--backend", "plain_judge:judge")
    assert (answer.code, "kept 120" in answer.out) == (0, True)
