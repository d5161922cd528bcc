"""The built-in model as a backend: matcher and text-quality head for scores, the minimal editor for rewrites.

No prompt, no network, no torch. It answers what it has evidence for and abstains from the rest.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from burnish.backends.builtin import editor, reasons
from burnish.backends.builtin.judge import Judge, Judged, Seen, Support
from burnish.criteria import SCALE
from burnish.errors import UsageError
from burnish.values import (
    AssessRequest,
    Budget,
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

SIDE_PX = 256
"""Longest side the vision tower is given; it reduces to 224 itself."""

REMEMBERED = 512
"""Pictures whose features are kept: a batch asks about the same ones several times over."""

NOT_COVERED = {
    "object_detail": "the built-in model sees gross categories, not details of objects",
    "semantic_understanding": "the built-in model has no knowledge of names, places or relations",
    "text_chart_description": "the built-in model does not read writing in images",
}

_ANY = Budget(max_changed=1.0, max_inserted=0)
_WITHHELD = Judged(value=0.0, confidence=0.0, abstained=True, reason="the picture was withheld")


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the editor may ask about one picture."""

    judge: Judge
    seen: Seen

    def support(self, noun: str) -> Support:
        """Whether the image confirms the noun."""
        return self.judge.support(self.seen, noun)

    def fits(self, text: str) -> float | None:
        """The matcher's probability, None if it abstains."""
        judged = self.judge.match(self.seen, self.judge.read([text])[0])
        return None if judged.abstained else (judged.value - SCALE[0]) / (SCALE[-1] - SCALE[0])


class BuiltinBackend:
    """Answers `AssessRequest`s, `ExplainRequest`s and `RewriteRequest`s on one CPU thread; loads in about a second."""

    side_px = SIDE_PX
    can_fuse = False
    can_caption = False
    can_check = False

    def __init__(self, options: Mapping[str, str]) -> None:
        """Takes no options. Raises `UsageError` if the shipped weights are damaged."""
        if options:
            raise UsageError(f"backend builtin takes no options, got {', '.join(sorted(options))}.")
        self._judge = Judge()
        self.identity = f"builtin-{self._judge.digest[:12]}-editor{editor.VERSION}"
        self._seen: OrderedDict[int, tuple[Picture, Seen]] = OrderedDict()

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request; features are computed once per picture and per text."""
        self._look([r.picture for r in requests])
        replies = [self._reply(request) for request in requests]
        self._forget()
        return replies

    def _reply(self, request: Request) -> Reply:
        if isinstance(request, RewriteRequest):
            return self._rewrite(request)
        if isinstance(request, AssessRequest):
            return self._score(request)
        if isinstance(request, ExplainRequest):
            return self._reason(request)
        return Failure(state=State.REQUEST_REJECTED, detail="the built-in model only scores and mends")

    def _look(self, pictures: Sequence[Picture]) -> None:
        fresh = list({id(p): p for p in pictures if id(p) not in self._seen}.values())
        for picture, seen in zip(fresh, self._judge.look([p.rgb for p in fresh]), strict=True):
            self._seen[id(picture)] = (picture, seen)

    def _forget(self) -> None:
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _rewrite(self, request: RewriteRequest) -> Draft:
        seen = self._seen[id(request.picture)][1]
        evidence = _Evidence(self._judge, seen)
        return editor.propose(
            request.text, name=request.name, evidence=evidence, budget=request.budget, names=request.names
        )

    def _judged(self, request: AssessRequest | ExplainRequest) -> tuple[Judged, Judged]:
        """Of the text alone, and of text and picture; what may not be looked at is not judged."""
        seen, read = self._seen[id(request.picture)][1], self._judge.read([request.text])[0]
        blind = isinstance(request, AssessRequest) and request.blind
        return self._judge.text_quality(read), _WITHHELD if blind else self._judge.match(seen, read)

    def _reason(self, request: ExplainRequest) -> Reply:
        quality, match = self._judged(request)
        if request.criterion == "image_text_matching" and not match.abstained:
            return Draft(text=reasons.of_match(match))
        if request.criterion not in {"overall", "text_quality"} or quality.abstained:
            return Failure(state=State.ABSTAINED, detail="the built-in model has no evidence to tell of")
        seen = self._seen[id(request.picture)][1]
        found = editor.propose(request.text, name="", evidence=_Evidence(self._judge, seen), budget=_ANY)
        if request.criterion == "text_quality":
            return Draft(text=reasons.of_text(quality, found.edits))
        return Draft(text=reasons.of_overall(quality, match, found.edits))

    def _score(self, request: AssessRequest) -> Reply:
        criterion = request.criterion
        quality, match = self._judged(request)
        if criterion == "image_text_matching":
            return _reply(criterion, match)
        if criterion == "text_quality":
            return _reply(criterion, quality)
        if criterion == "overall":
            return _overall(quality, match)
        if criterion in NOT_COVERED:
            return _reply(criterion, Judged(value=0.0, confidence=0.0, abstained=True, reason=NOT_COVERED[criterion]))
        return Failure(state=State.NOT_ASKED, detail=f"the built-in model does not know the criterion {criterion!r}")


def _reply(criterion: str, judged: Judged) -> Score:
    if judged.abstained:
        return Score(criterion=criterion, value=None, confidence=0.0, state=State.ABSTAINED, reason=judged.reason)
    return Score(criterion=criterion, value=judged.value, confidence=judged.confidence, reason=judged.reason)


def _overall(quality: Judged, match: Judged) -> Score:
    """As good as the worse half, as far as the matcher is sure: quality - confidence * max(0, quality - match).

    A good match cannot make up for junk text; a bad match pulls clean text down only as far as the matcher trusts
    itself. Without a text judgement there is none overall.
    """
    if quality.abstained:
        return _reply("overall", quality)
    pull = 0.0 if match.abstained else match.confidence * max(0.0, quality.value - match.value)
    reason = "text quality alone: " + match.reason if match.abstained else ""
    return Score(
        criterion="overall", value=round(quality.value - pull, 4), confidence=quality.confidence, reason=reason
    )


BACKEND = BuiltinBackend
