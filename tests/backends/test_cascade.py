"""The cascade: who is asked what, and that a rewrite is never compared across two models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import burnish
from burnish.backends.cascade import CascadeBackend, make
from burnish.errors import UsageError
from burnish.values import AssessRequest, Budget, Draft, Picture, Reply, Request, RewriteRequest, Score, State, Usage

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
        if isinstance(request, RewriteRequest):
            return Draft(text=f"{request.text} by {self.identity}")
        value, sure = self.told.get(request.text, (3.5, 1.0))
        state = State.ABSTAINED if value is None else State.OK
        return Score(criterion=request.criterion, value=value, confidence=sure, state=state, reason=self.identity)


def ask(text: str, *, again: bool = False) -> list[Request]:
    criteria = ("overall", "text_quality")
    return [AssessRequest(picture=PICTURE, text=text, criterion=name, again=again) for name in criteria]


def cascade(told: dict[str, tuple[float | None, float]]) -> tuple[CascadeBackend, Model, Model]:
    cheap, dear = Model("cheap", told), Model("dear")
    return CascadeBackend(cheap, dear, sure=0.5, below=3.0), cheap, dear


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


def test_a_whole_run_asks_the_dear_model_less_and_counts_both() -> None:
    model = make({"then": "fake", "sure": "0"})
    done = list(burnish.enhance(SAMPLE, backend=model))
    assert len(done) == 240
    assert model.usage() == Usage()


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
