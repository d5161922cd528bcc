"""The cascade: who is asked what, and that a rewrite is never compared across two models."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import burnish
from burnish.backends.cascade import CascadeBackend, make, over
from burnish.chat import Metered
from burnish.claims.asking import questions
from burnish.claims.rules import split
from burnish.errors import UsageError
from burnish.storage.answers import answers_folder
from burnish.usage import Usage
from burnish.values import (
    AssessRequest,
    Budget,
    Draft,
    ExplainRequest,
    Picture,
    Reply,
    Request,
    RewriteRequest,
    Score,
    State,
)

SAMPLE = Path(burnish.__file__).parent / "sample" / "{00000..00001}.tar"
PICTURE = Picture(rgb=np.zeros((4, 4, 3), np.uint8), width=4, height=4, format="PNG", mode="RGB")


class Model:
    """Says for each text what it was told to; 3.5 and sure for all others."""

    side_px = 32

    def __init__(self, name: str, told: dict[str, tuple[float | None, float]] | None = None) -> None:
        self.identity = name
        self.told = told or {}
        self.asked: list[Request] = []

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        self.asked += requests
        return [self._one(request) for request in requests]

    def usage(self) -> Usage:
        return Usage(calls=len(self.asked))

    def _one(self, request: Request) -> Reply:
        if isinstance(request, RewriteRequest | ExplainRequest):
            return Draft(text=f"{request.text} by {self.identity}")
        value, sure = self.told.get(request.text, (3.5, 1.0))
        state = State.ABSTAINED if value is None else State.OK
        return Score(criterion=request.criterion, value=value, confidence=sure, state=state, reason=self.identity)


def ask(text: str, *, again: bool = False) -> list[Request]:
    criteria = ("overall", "text_quality")
    return [AssessRequest(picture=PICTURE, text=text, criterion=name, again=again) for name in criteria]


def cascade(told: dict[str, tuple[float | None, float]]) -> tuple[CascadeBackend, Model, Model]:
    cheap, dear = Model("cheap", told), Model("dear")
    return over(cheap, dear, sure=0.5, below=3.0), cheap, dear


@pytest.mark.parametrize(
    ("overall", "asked"),
    [((4.0, 0.9), 0), ((3.0, 0.5), 0), ((2.9, 1.0), 2), ((4.5, 0.4), 2), ((None, 0.0), 2)],
)
def test_the_dear_model_is_asked_where_the_cheap_one_is_unsure_or_sees_a_bad_pair(
    overall: tuple[float | None, float], asked: int
) -> None:
    model, cheap, dear = cascade({"a": overall})
    replies = model.answer(ask("a"))
    assert (len(cheap.asked), len(dear.asked)) == (2, asked)
    assert {reply.reason for reply in replies if isinstance(reply, Score)} == {"dear" if asked else "cheap"}


def test_replies_stand_in_the_order_of_the_requests() -> None:
    model, _, dear = cascade({"bad": (1.0, 1.0)})
    rewrite = RewriteRequest(picture=PICTURE, text="bad", budget=Budget(max_changed=1, max_inserted=1))
    replies = model.answer([*ask("good"), rewrite, *ask("bad"), *ask("good")])
    assert [getattr(r, "reason", "") for r in replies] == ["cheap", "cheap", "", "dear", "dear", "cheap", "cheap"]
    assert replies[2] == Draft(text="bad by dear")
    assert len(dear.asked) == 3


def test_a_rewrite_is_judged_by_the_model_that_judged_the_original() -> None:
    model, cheap, dear = cascade({})
    replies = model.answer(ask("mended", again=True))
    assert not cheap.asked
    assert len(dear.asked) == len(replies) == 2


def test_who_answers_does_not_depend_on_what_is_asked_together() -> None:
    told: dict[str, tuple[float | None, float]] = {"good": (4.0, 0.9), "bad": (1.0, 1.0)}
    requests = [*ask("good"), *ask("bad")]
    together = cascade(told)[0].answer(requests)
    for cut in range(1, len(requests)):
        model, _, dear = cascade(told)
        assert [*model.answer(requests[:cut]), *model.answer(requests[cut:])] == together
        assert {request.text for request in dear.asked} == {"bad"}


@pytest.mark.parametrize("max_tokens", [0, 10**6])
def test_a_purse_that_lets_calls_through_in_pieces_makes_no_run_dearer(max_tokens: int, tmp_path: Path) -> None:
    model, cheap, dear = cascade({})
    settings = {"recipe": "assess_only", "limit": 40, "cost": {"max_tokens": max_tokens}}
    burnish.enhance(SAMPLE, tmp_path / "out", backend=model, **settings)
    assert len({(id(request.picture), request.text) for request in cheap.asked}) == 40
    assert not dear.asked


def test_a_whole_run_counts_both_models_and_keeps_their_answers(tmp_path: Path) -> None:
    model, cheap, dear = cascade({})
    assert isinstance(model, Metered)
    burnish.enhance(SAMPLE, tmp_path / "out", backend=model, limit=40)
    assert model.usage() == Usage(calls=len(cheap.asked) + len(dear.asked))
    assert answers_folder(str(tmp_path / "out")).is_dir()


def test_two_free_models_are_not_counted_and_need_no_journal(tmp_path: Path) -> None:
    model = make({"then": "fake", "sure": "0"})
    assert not isinstance(model, Metered)
    done = burnish.enhance(SAMPLE, tmp_path / "out", backend=model)
    assert isinstance(done, burnish.Summary)
    assert done.counts.total == 240
    assert not answers_folder(str(tmp_path / "out")).exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "second model"),
        ({"then": "fake", "sure": "2"}, "sure must be 0 to 1"),
        ({"then": "fake", "below": "x"}, "below must be 1 to 5"),
        ({"then": "fake", "thn.model": "x"}, "no option 'thn.model'"),
        ({"then": "fake", "then.nothing": "x"}, "fake has no option 'nothing'"),
        ({"then": "fak"}, "Did you mean 'fake'"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        make(options)


def test_a_score_without_the_picture_comes_from_who_gave_the_score_with_it() -> None:
    model, cheap, dear = cascade({"good": (4.0, 0.9), "bad": (1.0, 0.9), "unsure": (4.0, 0.1)})
    texts = ("good", "bad", "unsure")
    seen = model.answer([AssessRequest(picture=PICTURE, text=text, criterion="overall") for text in texts])
    asked = [AssessRequest(picture=PICTURE, text=text, criterion="overall", blind=True) for text in texts]
    blind = model.answer(asked)
    assert [r.reason for r in blind if isinstance(r, Score)] == [r.reason for r in seen if isinstance(r, Score)]
    assert [r.reason for r in blind if isinstance(r, Score)] == ["cheap", "dear", "dear"]
    assert [(r.text, r.blind) for r in dear.asked if isinstance(r, AssessRequest)] == [
        ("bad", False),
        ("unsure", False),
        ("bad", True),
        ("unsure", True),
    ]
    assert model.answer(asked[1:2]) == blind[1:2], "alone as together"
    assert any(isinstance(r, AssessRequest) and r.blind for r in cheap.asked)


def test_reasons_come_from_the_dear_model() -> None:
    model, _, _ = cascade({"bad": (1.0, 0.9)})
    (why,) = model.answer([ExplainRequest(picture=PICTURE, text="bad", criterion="overall", value=1.0)])
    assert why == Draft(text="bad by dear")


def test_single_claims_are_the_second_models_and_so_is_whether_it_can() -> None:
    first, then = Model("cheap"), Model("dear")
    both = over(first, then, sure=0.5, below=3)
    both.answer(questions(PICTURE, split("a red dog")))
    assert not first.asked
    assert [request.text for request in then.asked] == ["There is a dog.", "The dog is red."]
    assert both.can_check
    then.can_check = False
    assert not over(first, then, sure=0.5, below=3).can_check
    assert over(then, first, sure=0.5, below=3).can_check
    assert over(first, then, sure=0.5, below=3).can_rewrite
    then.can_rewrite = False
    assert not over(first, then, sure=0.5, below=3).can_rewrite


@pytest.mark.parametrize(
    ("below", "said"), [("rewrite.below=4", 1), ("rewrite.below=3", 0), ("backend_options.below=4", 0)]
)
def test_rewrites_on_the_first_models_word_alone_are_warned_of(
    below: str, said: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The cascade does not see the plan's threshold: what is to hold there has to be said to both."""
    plan = {"rewrite": {"below": 4.0}} if below != "rewrite.below=3" else {}
    model = over(Model("cheap"), Model("dear"), sure=0.5, below=4.0 if below.startswith("backend") else 3.0)
    with caplog.at_level(logging.WARNING, logger="burnish"):
        burnish.enhance(SAMPLE, tmp_path / "out", backend=model, limit=40, recipe="aitqe", batch_size=8, **plan)
    told = [each.getMessage() for each in caplog.records if "first model alone" in each.getMessage()]
    assert len(told) == said
    assert all("backend_options.below" in each for each in told)
