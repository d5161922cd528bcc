"""The second judge: whether one caption of a picture is worse than another, asked without a word on which is which.

Each caption is assessed for itself, as a caption like any other, so the judge cannot know what a text was made from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from burnish.asks.assess import assess_requests, scores_of
from burnish.claims import Claim, Verdict
from burnish.claims.asking import questions, verdicts
from burnish.claims.rules import split
from burnish.negatives.settings import Settings
from burnish.protocols import Backend
from burnish.values import Picture, Score

UNJUDGED = "unjudged"
NOT_WORSE = "not_worse"
NOT_BAD = "not_bad"
NOT_REFUTED = "not_refuted"
JUDGE_DOUBTS = "judge_doubts"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """A caption beside its picture."""

    picture: Picture
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the judge says of a caption: scores by criterion; `refuted` claims, None where claims were not asked."""

    scores: Mapping[str, Score]
    refuted: frozenset[object] | None = None

    def value(self, criterion: str) -> float | None:
        """The score by a criterion, or None."""
        score = self.scores.get(criterion)
        return None if score is None else score.value

    def values(self) -> dict[str, float]:
        """All scores that are there."""
        return {name: score.value for name, score in self.scores.items() if score.value is not None}


class Judge:
    """Asks a backend about captions."""

    def __init__(self, backend: Backend, settings: Settings) -> None:
        """`settings` say what is asked and what counts as worse."""
        self._backend = backend
        self._settings = settings

    def judge(self, shown: Sequence[Shown]) -> list[Judged]:
        """One word a caption, in order; all captions in one call."""
        criteria = self._settings.scored
        asked = [assess_requests(each.picture, each.text, criteria, again=True) for each in shown]
        replies = iter(self._backend.answer([request for requests in asked for request in requests]) if asked else [])
        scored = [scores_of(criteria, [next(replies) for _ in requests]) for requests in asked]
        refuted = self._refuted(shown) if self._settings.test == "claims" else [None] * len(shown)
        return [
            Judged(scores={score.criterion: score for score in scores}, refuted=found)
            for scores, found in zip(scored, refuted, strict=True)
        ]

    def _refuted(self, shown: Sequence[Shown]) -> list[frozenset[object] | None]:
        claims: list[tuple[Claim, ...]] = [split(each.text) for each in shown]
        asked = [questions(each.picture, own) for each, own in zip(shown, claims, strict=True)]
        flat = [request for requests in asked for request in requests]
        replies = iter(self._backend.answer(flat) if flat else [])
        found: list[frozenset[object] | None] = []
        for own in claims:
            given = verdicts(own, [next(replies) for _ in own])
            found.append(frozenset(c.key for c, v in zip(own, given, strict=True) if v is Verdict.REFUTED))
        return found

    def doubts(self, good: Judged) -> str:
        """Why the judge does not take a caption for good; "" if it does."""
        value = good.value(self._settings.criterion)
        if value is None:
            return UNJUDGED
        return "" if value >= self._settings.good_from else JUDGE_DOUBTS

    def refuses(self, good: Judged, bad: Judged) -> str:
        """Why `bad` is not taken for worse than `good`; "" if it is."""
        rules = self._settings
        better, worse = good.value(rules.criterion), bad.value(rules.criterion)
        if better is None or worse is None:
            return UNJUDGED
        if rules.test == "claims" and not (bad.refuted or frozenset()) - (good.refuted or frozenset()):
            return NOT_REFUTED
        if rules.test == "scores" and better - worse < rules.margin:
            return NOT_WORSE
        return NOT_BAD if worse >= rules.bad_below else ""
