"""A model tried before it is paid: what it is, how it answers, whether it looks at pictures, and how long it takes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from burnish import backends
from burnish.chat import Described
from burnish.chat.openai import canaries
from burnish.cli._checkup import Finding
from burnish.cli._show import duration
from burnish.errors import BurnishError
from burnish.plan import RewriteRules
from burnish.protocols import Backend
from burnish.texts import terminal
from burnish.values import AssessRequest, Draft, Failure, Reply, Request, RewriteRequest, Score

_CLUTTERED = "RED disc on white_ground.JPG"


def check(name: str, options: Mapping[str, str]) -> list[Finding]:
    """What was found out about the model, up to the first thing that keeps it from being used."""
    findings: list[Finding] = []
    try:
        for finding in _checks(name, options):
            findings.append(finding)  # noqa: PERF402 - what was found before an error counts
    except BurnishError as error:
        findings.append(Finding(name=name, ok=False, detail=" ".join(str(error).split()), exit_code=error.exit_code))
    return findings


def _checks(name: str, options: Mapping[str, str]) -> Iterator[Finding]:
    started = time.monotonic()
    backend = backends.load(name, options)
    loaded = duration(time.monotonic() - started)
    yield Finding(name=name, ok=True, detail=terminal(f"{backend.identity}, ready in {loaded}", 300))
    if isinstance(backend, Described):
        yield from (
            Finding(name=what, ok=True, detail=terminal(said, 300)) for what, said in backend.describe().items()
        )
    yield _images(backend)
    yield _rewrite(backend)


def _images(backend: Backend) -> Finding:
    """The same caption beside the picture it describes and beside an empty one."""
    disc = canaries.picture()
    empty = replace(disc, rgb=np.full_like(disc.rgb, 255))
    asked = [
        AssessRequest(picture=p, text=canaries.CAPTIONS[0], criterion="image_text_matching") for p in (disc, empty)
    ]
    replies, took = _timed(backend, asked)
    failures = [reply for reply in replies if isinstance(reply, Failure)]
    if failures:
        return Finding(name="score", ok=False, detail=f"{failures[0].state}: {terminal(failures[0].detail, 300)}")
    values = [reply.value for reply in replies if isinstance(reply, Score)]
    with_it, without = ("no value" if value is None else f"{value:g}" for value in values)
    said = f"{with_it} for a caption beside its picture, {without} beside an empty one, {took} for both"
    blind = values[0] == values[1]
    return Finding(name="score", ok=True, absent=blind, detail=said + ("; does it see pictures?" if blind else ""))


def _rewrite(backend: Backend) -> Finding:
    if not getattr(backend, "can_rewrite", True):
        return Finding(name="rewrite", ok=True, absent=True, detail="none: it gives scores only (burnish assess)")
    rules = RewriteRules()
    [reply], took = _timed(backend, [RewriteRequest(picture=canaries.picture(), text=_CLUTTERED, budget=rules.budget)])
    if isinstance(reply, Draft):
        return Finding(name="rewrite", ok=True, detail=f"{_CLUTTERED!r} -> {terminal(reply.text, 100)!r} in {took}")
    assert isinstance(reply, Failure)
    return Finding(name="rewrite", ok=False, detail=f"{reply.state}: {terminal(reply.detail, 300)}")


def _timed(backend: Backend, requests: Sequence[Request]) -> tuple[list[Reply], str]:
    started = time.monotonic()
    replies = backend.answer(requests)
    return replies, f"{(time.monotonic() - started) * 1_000:,.0f} ms"
