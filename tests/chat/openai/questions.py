"""Pictures and requests that the tests of this folder ask about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import pytest

from burnish.chat import Choose, Prompt, Write, render
from burnish.chat.backend import ChatBackend
from burnish.chat.openai.model import OpenAIModel
from burnish.errors import StopError
from burnish.fakeserver import FakeServer, Settings
from burnish.values import AssessRequest, Budget, Picture, Request, RewriteRequest

BUDGET = Budget(max_changed=0.9, max_inserted=3)


def picture(seed: int = 0, height: int = 24, width: int = 32) -> Picture:
    rgb = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
    return Picture(rgb=rgb, width=width, height=height, format="PNG", mode="RGB")


def assess(text: str = "a dog", seed: int = 0, criterion: str = "overall") -> AssessRequest:
    return AssessRequest(picture=picture(seed), text=text, criterion=criterion)


def rewrite(text: str = "a dgo in the snow", seed: int = 0) -> RewriteRequest:
    return RewriteRequest(picture=picture(seed), text=text, budget=BUDGET)


def question(text: str = "a dog") -> Choose:
    return render.choose(assess(text))


def task(text: str = "a dgo") -> Write:
    return render.write(rewrite(text))


def ask_about(answers: tuple[str, ...]) -> Choose:
    return Choose(prompt=Prompt(system="Judge.", user=(picture(), 'CAPTION "a dog"', "Which?")), answers=answers)


def many(count: int) -> list[Request]:
    """Different requests of both kinds."""
    return [rewrite(f"a dgo {i}") if i % 5 == 4 else assess(f"a dog {i}") for i in range(count)]


@contextmanager
def model(options: Mapping[str, str], **more: str) -> Iterator[OpenAIModel]:
    made = OpenAIModel({"canary_every": "0", **options, **more})
    try:
        yield made
    finally:
        made.close()


@contextmanager
def backend(url: str, **more: str) -> Iterator[ChatBackend]:
    """Impatient, so that tests are quick; without canaries, so that calls can be counted."""
    options = {"base_url": url, "backoff_s": "0.01", "patience_s": "1", "timeout_s": "5"}
    with model(options, **more) as made:
        yield ChatBackend(made)


def stop_of(settings: Settings, asked: list[Request], **options: str) -> tuple[str, int]:
    """Why a run over `asked` stopped, and how many calls had been made by then."""
    with FakeServer(settings) as server, backend(server.url, **options) as made:
        with pytest.raises(StopError) as caught:
            made.answer(asked)
        calls = server.stats()["calls"]
    assert isinstance(calls, int)
    return str(caught.value), calls
