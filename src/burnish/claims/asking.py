"""Claims against the image, by asking a model about each: decomposed assessment (T2I-Eval's way: take the text apart,
question each part, keep the parts' answers apart).

Every claim is put to the backend as a sentence of its own and judged by image-text matching on the common scale; for a
denial the sentence is what it denies, and the verdict is turned round.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from burnish.claims import Claim, Kind, Verdict
from burnish.protocols import Backend
from burnish.values import AssessRequest, Picture, Reply, Request, Score

CRITERION = "image_text_matching"
SUPPORTED_FROM = 3.5
REFUTED_TO = 2.5
"""On the scale 1-5. Between the two the judge is undecided; so is one that abstains or fails."""

_TURNED = {Verdict.SUPPORTED: Verdict.REFUTED, Verdict.REFUTED: Verdict.SUPPORTED, Verdict.UNKNOWN: Verdict.UNKNOWN}


@dataclass(frozen=True, slots=True)
class AskingChecker:
    """A `Checker` for one picture. One call of the backend for all claims it is given."""

    backend: Backend
    picture: Picture

    def __call__(self, claims: Sequence[Claim]) -> list[Verdict]:
        """One verdict a claim."""
        asked = questions(self.picture, claims)
        return verdicts(claims, self.backend.answer(asked) if asked else [])


def questions(picture: Picture, claims: Sequence[Claim]) -> list[Request]:
    """One question a claim, in their order."""
    return [AssessRequest(picture=picture, text=claim.sentence, criterion=CRITERION, again=True) for claim in claims]


def verdicts(claims: Sequence[Claim], replies: Sequence[Reply]) -> list[Verdict]:
    """What the replies to `questions` say of each claim. What speaks of a thing that is found not to be there is
    refuted with it, whatever was answered.
    """
    own = [_TURNED[v] if claim.negated else v for claim, v in zip(claims, map(_verdict, replies), strict=True)]
    said = [(claim, verdict) for claim, verdict in zip(claims, own, strict=True) if not claim.negated]
    missing = {c.subject for c, verdict in said if c.kind is Kind.EXISTENCE and verdict is Verdict.REFUTED}
    return [_with_its_thing(claim, verdict, missing) for claim, verdict in zip(claims, own, strict=True)]


def _with_its_thing(claim: Claim, verdict: Verdict, missing: AbstractSet[str]) -> Verdict:
    void = not claim.negated and claim.kind is not Kind.TEXT and not missing.isdisjoint({claim.subject, claim.other})
    return Verdict.REFUTED if void else verdict


def _verdict(reply: Reply) -> Verdict:
    if not isinstance(reply, Score) or reply.value is None:
        return Verdict.UNKNOWN
    if reply.value >= SUPPORTED_FROM:
        return Verdict.SUPPORTED
    return Verdict.REFUTED if reply.value <= REFUTED_TO else Verdict.UNKNOWN
