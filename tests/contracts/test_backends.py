"""What every backend must hold: one reply per request, in order, whatever else is in the batch; values in range."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from burnish import discovery, recipes
from burnish.backends import load
from burnish.backends.function import FunctionBackend
from burnish.criteria import SCALE
from burnish.fakeserver import FakeServer
from burnish.protocols import Backend
from burnish.scenes import compose, draw, writing
from burnish.values import (
    AssessRequest,
    Budget,
    CaptionRequest,
    Draft,
    ExplainRequest,
    Failure,
    Picture,
    Reply,
    Request,
    RewriteRequest,
    Score,
    State,
)
from tests import onnx_judges, tiny_models

TEXTS = (
    "A red apple on a wooden table.",
    "",
    "IMG_20190412_103355.jpg",
    "buy cheap red apple online best price free shipping",
    "Ein roter Apfel liegt auf dem Tisch.",
    "赤いリンゴ",
    "1234567",
    "a " * 900,
)
BUDGET = Budget(max_changed=0.9, max_inserted=3)


def make(name: str) -> Backend:
    if name == "function":  # made from a function of the user's, which options cannot hold
        return FunctionBackend(lambda request: 3.0 if isinstance(request, AssessRequest) else request.text)
    if name == "transformers":
        return load(name, {"model": str(Path(tiny_model().name)), "device": "cpu"})
    if name == "onnx":
        return load(name, {"model": str(Path(onnx_judges.random_one().name) / "judge")})
    if name == "vllm":
        pytest.importorskip("vllm", reason="vLLM needs a GPU and its own environment: pip install 'burnish[vllm]'")
        return load(name, {"model": str(Path(tiny_model().name))})
    if name == "oracle":
        return load(name, {"truth": scenes().name})
    return load(name, {"then": "fake"} if name == "cascade" else {})


@cache
def scenes() -> tempfile.TemporaryDirectory[str]:
    """What the oracle knows."""
    folder = tempfile.TemporaryDirectory()
    writing.write(Path(folder.name), 2, 0, 0.5)
    return folder


@cache
def tiny_model() -> tempfile.TemporaryDirectory[str]:
    """A multimodal model with random weights, as a checkpoint folder."""
    for library in ("torch", "transformers", "llguidance"):
        pytest.importorskip(library, reason="local models need the extra [transformers]")
    folder = tempfile.TemporaryDirectory()
    tiny_models.siglip_qwen2(Path(folder.name))
    return folder


def names() -> list[object]:
    """All backends. A real model takes minutes for what the others do in a second."""
    slow = {"onnx", "transformers"}
    return [pytest.param(name, marks=pytest.mark.slow if name in slow else ()) for name in discovery.names("backends")]


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    """What `openai` asks."""
    with FakeServer() as started, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", started.url)
        yield


@pytest.fixture(scope="module", params=names())
def backend(request: pytest.FixtureRequest) -> Backend:
    return make(request.param)


def pictures() -> list[Picture]:
    noise = np.random.default_rng(3).integers(0, 255, (60, 80, 3), np.uint8)
    white = np.full((1, 1, 3), 255, np.uint8)
    stripe = np.zeros((4, 240, 3), np.uint8)
    scene = np.asarray(draw.draw(compose.scene(0, 0)))  # the only one that the oracle knows
    return [Picture(rgb=rgb, width=80, height=60, format="PNG", mode="RGB") for rgb in (noise, white, stripe, scene)]


def requests() -> list[Request]:
    made: list[Request] = []
    for picture in pictures():
        for text in TEXTS:
            made += [AssessRequest(picture=picture, text=text, criterion=c) for c in recipes.load("aitqe").criteria]
            made.append(AssessRequest(picture=picture, text=text, criterion="overall", blind=True))
            made.append(ExplainRequest(picture=picture, text=text, criterion="overall", value=1.5))
            made.append(RewriteRequest(picture=picture, text=text, budget=BUDGET, name="000000001.jpg"))
        made += [CaptionRequest(picture=picture, format=name, text=TEXTS[0]) for name in ("ssc", "afc")]
    return made


def plain(replies: list[Reply]) -> list[str]:
    return [repr(reply) for reply in replies]


def test_as_many_replies_as_requests_each_of_the_right_kind(backend: Backend) -> None:
    asked = requests()
    replies = backend.answer(asked)
    assert len(replies) == len(asked)
    for request, reply in zip(asked, replies, strict=True):
        if isinstance(reply, Failure):
            assert reply.state is not State.OK
        elif isinstance(request, AssessRequest):
            assert isinstance(reply, Score)
            assert reply.criterion == request.criterion
        else:
            assert isinstance(reply, Draft)


def test_values_are_on_the_scale_and_only_where_the_state_is_ok(backend: Backend) -> None:
    for reply in backend.answer(requests()):
        if isinstance(reply, Score):
            assert (reply.value is not None) == (reply.state is State.OK)
            assert reply.value is None or SCALE[0] <= reply.value <= SCALE[-1]
            assert 0.0 <= reply.confidence <= 1.0


def test_a_reply_depends_on_nothing_but_its_request(backend: Backend) -> None:
    asked = requests()
    whole = plain(backend.answer(asked))
    order = random.Random(5).sample(range(len(asked)), len(asked))
    shuffled = plain(backend.answer([asked[i] for i in order]))
    assert [shuffled[order.index(i)] for i in range(len(asked))] == whole
    assert plain([backend.answer([request])[0] for request in asked[:20]]) == whole[:20]


def test_an_empty_batch_is_fine(backend: Backend) -> None:
    assert backend.answer([]) == []


def test_an_unknown_criterion_is_a_failure_or_a_score_never_an_exception(backend: Backend) -> None:
    (reply,) = backend.answer([AssessRequest(picture=pictures()[0], text="a dog", criterion="no_such_thing")])
    assert isinstance(reply, Failure | Score)


def test_the_identity_is_stable_and_the_size_sensible(backend: Backend) -> None:
    assert backend.identity
    assert 32 <= backend.side_px <= 4096


@pytest.mark.parametrize("name", names())
def test_two_of_a_kind_agree(name: str) -> None:
    asked = requests()[:14]
    assert plain(make(name).answer(asked)) == plain(make(name).answer(asked))
