"""Questions without a picture among questions with one, put to real models with random weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from burnish.chat import Choose, Chosen, render
from burnish.chat.local.model import LocalModel
from burnish.values import AssessRequest
from tests import tiny_models
from tests.chat.local import asking

pytestmark = pytest.mark.slow  # needs torch, which the fast tier does not install

CLOSE = 2e-6
"""As in `test_families`: two ways of adding up the same float32 numbers."""


def mixed() -> list[Choose]:
    """Each question with and without its picture, in turns."""
    return [
        render.choose(AssessRequest(picture=asking.PICTURES[at], text=text, criterion=criterion, blind=blind))
        for at, text in enumerate(asking.TEXTS[:3])
        for criterion in ("overall", "image_text_matching")
        for blind in (False, True)
    ]


@pytest.fixture(scope="module", params=sorted(tiny_models.FAMILIES))
def folder(request: pytest.FixtureRequest, folder_of: Callable[[str], Path]) -> Path:
    return folder_of(request.param)


def test_a_blind_question_is_answered_from_its_text_alone(folder: Path) -> None:
    model = asking.load(folder)
    plain, asked = asking.Plain(model), mixed()
    answers = model.choose(asked)
    for question, chosen in zip(asked, answers, strict=True):
        assert isinstance(chosen, Chosen)
        wanted = [plain.share(question.prompt, answer) for answer in question.answers]
        assert chosen.shares == pytest.approx(wanted, abs=CLOSE)
    assert model.choose(asked[1:2]) == answers[1:2], "whatever else is asked, before and beside it"
    seen = model.counters.image_encodings
    model.choose(asked[1::2])
    assert model.counters.image_encodings == seen


def test_rows_together_keep_those_without_a_picture_apart(folder: Path) -> None:
    alone, together = asking.load(folder), asking.load(folder, exact="no")
    for one, other in zip(alone.choose(mixed()), together.choose(mixed()), strict=True):
        assert isinstance(one, Chosen)
        assert isinstance(other, Chosen)
        assert one.shares == pytest.approx(other.shares, abs=CLOSE)


def test_a_blind_answer_knows_nothing_of_the_picture(folder: Path) -> None:
    model: LocalModel = asking.load(folder)
    requests = [
        AssessRequest(picture=picture, text="a dog", criterion="overall", blind=blind)
        for picture in (asking.picture(1), asking.picture(2))
        for blind in (False, True)
    ]
    seen, blind, seen_other, blind_other = model.choose([render.choose(request) for request in requests])
    assert blind == blind_other
    assert seen != seen_other
