"""A model that only pretends: answers are a hash of the question. For trying the pipeline, tests and CI; no quality.

Deterministic, instant, needs nothing. Options: ``side_px`` (default 64), ``abstain`` (share of scores it declines,
default 0), ``fail`` (share of requests that fail as unparsable, default 0).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from burnish.errors import UsageError
from burnish.values import (
    AssessRequest,
    Draft,
    Edit,
    Failure,
    Reply,
    Request,
    RewriteRequest,
    Score,
    State,
)

_OPTIONS = {"side_px", "abstain", "fail"}


class FakeBackend:
    """Scores in 1..5 and rewrites that upper-case the first letter, both decided by a hash of the text."""

    can_fuse = False

    def __init__(self, options: Mapping[str, str]) -> None:
        """Raises `UsageError` for unknown options."""
        unknown = set(options) - _OPTIONS
        if unknown:
            raise UsageError(f"backend fake has no option {min(unknown)!r}. Options: {', '.join(sorted(_OPTIONS))}")
        self.side_px = int(options.get("side_px", "64"))
        self._abstain = float(options.get("abstain", "0"))
        self._fail = float(options.get("fail", "0"))
        self.identity = f"fake-1(abstain={self._abstain},fail={self._fail})"

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request; the same request always gets the same reply."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: Request) -> Reply:
        if _share("fail", request) < self._fail:
            return Failure(state=State.UNPARSABLE, detail="fake failure")
        if isinstance(request, RewriteRequest):
            return _rewrite(request.text)
        if not isinstance(request, AssessRequest):
            wanted = type(request).__name__
            return Failure(state=State.REQUEST_REJECTED, detail=f"the fake model has no answer to a {wanted}")
        if _share("abstain", request) < self._abstain:
            return Score(criterion=request.criterion, value=None, confidence=0.0, state=State.ABSTAINED)
        share = _share("score", request)
        return Score(criterion=request.criterion, value=round(1 + 4 * share, 4), confidence=0.5, reason="fake")


def _rewrite(text: str) -> Draft:
    better = text[:1].upper() + text[1:]
    if better == text:
        return Draft(text=text)
    return Draft(text=better, edits=(Edit(start=0, before=text[:1], after=better[:1], why="fake: first letter"),))


def _share(salt: str, request: Request) -> float:
    criterion = request.criterion if isinstance(request, AssessRequest) else "rewrite"
    digest = hashlib.blake2b(f"{salt}\0{criterion}\0{request.text}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big") / 2**64


BACKEND = FakeBackend
