"""A model that only pretends: answers are a hash of the question. For trying the pipeline, tests and CI; no quality.

Deterministic, instant, needs nothing. Options: ``side_px`` (default 64), ``abstain`` (share of scores it declines,
default 0), ``fail`` (share of requests that fail as unparsable, default 0).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from burnish import formats
from burnish.contract import tidied
from burnish.errors import UsageError
from burnish.tokens import estimate
from burnish.values import (
    AssessRequest,
    CaptionRequest,
    Draft,
    Edit,
    ExplainRequest,
    Failure,
    Reply,
    Request,
    RewriteRequest,
    Score,
    State,
)

_OPTIONS = {"side_px", "abstain", "fail"}
_WORDS = (
    *("the", "a", "one", "two", "three", "some", "small", "large", "old", "new", "round", "flat", "bright", "dark"),
    *("red", "green", "white", "black", "yellow", "blue", "brown", "grey", "wooden", "metal", "glass", "paper"),
    *("boat", "dog", "street", "cup", "tree", "window", "bridge", "table", "bird", "hill", "lamp", "door", "house"),
    *("chair", "flower", "river", "car", "cloud", "stone", "hat", "wall", "leaf", "road", "field", "cat", "box"),
    *("stands", "lies", "hangs", "waits", "leans", "turns", "shines", "rests", "floats", "opens", "faces", "grows"),
    *("near", "under", "with", "on", "beside", "behind", "above", "across", "before", "along", "between", "and"),
)


class FakeBackend:
    """Scores in 1..5, rewrites that upper-case the first letter, captions of random words, all decided by a hash."""

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
        if isinstance(request, CaptionRequest):
            return _caption(request)
        if isinstance(request, ExplainRequest):
            return Draft(text="made up: the fake model has no reasons")
        if isinstance(request, AssessRequest):
            return self._score(request)
        wanted = type(request).__name__
        return Failure(state=State.REQUEST_REJECTED, detail=f"the fake model has no answer to a {wanted}")

    def _score(self, request: AssessRequest) -> Score:
        if _share("abstain", request) < self._abstain:
            return Score(criterion=request.criterion, value=None, confidence=0.0, state=State.ABSTAINED)
        share = _share("score", request)
        return Score(criterion=request.criterion, value=round(1 + 4 * share, 4), confidence=0.5, reason="fake")


def _rewrite(text: str) -> Draft:
    better = text[:1].upper() + text[1:]
    if better == text:
        return Draft(text=text)
    return Draft(text=better, edits=(Edit(start=0, before=text[:1], after=better[:1], why="fake: first letter"),))


def _caption(request: CaptionRequest) -> Draft:
    """A text of about the words that the format asks for, by a hash of the pixels: at first it may be up to a fifth too
    long or too short, the second time it is not. The pair's text, or the names it has to say, stand before it.
    """
    form = formats.load(request.format)
    least, most = form.words
    if not request.wrong:
        least, most = int(least * 0.8), int(most * 1.2)
    picture = hashlib.blake2b(request.picture.rgb.tobytes(), digest_size=8).hexdigest()
    name = f"{picture}/{form.name}/{request.wrong}/{request.variant}"
    first = request.text or ", ".join(spellings[0] for spellings in request.names)
    given = f"{tidied(first).rstrip('.')}. " if first else ""
    words = round(estimate(given) / 1.2)
    count = least + int(_hashed(f"{name}/count") * (most - least + 1)) - words
    return Draft(text=given + prose(name, max(count, 4), max(1, form.max_sentences - bool(given))))


def prose(name: str, count: int, most_sentences: int) -> str:
    """`count` words in sentences, at most so many, decided by `name` alone; they mean nothing."""
    each = max(9, -(-count // most_sentences))
    words = [_WORDS[int(_hashed(f"{name}/{at}") * len(_WORDS))] for at in range(count)]
    parts = [words[at : at + each] for at in range(0, count, each)]
    return " ".join(" ".join(part).capitalize() + "." for part in parts)


def _hashed(name: str) -> float:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def _share(salt: str, request: Request) -> float:
    criterion = request.criterion if isinstance(request, AssessRequest) else "rewrite"
    salt = f"{salt} blind" if isinstance(request, AssessRequest) and request.blind else salt
    return _hashed(f"{salt}\0{criterion}\0{request.text}")


BACKEND = FakeBackend
