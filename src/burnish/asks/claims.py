"""Take a caption apart and ask of each claim by itself whether it holds: what is refuted is what a rewrite may touch.

Decomposed assessment in T2I-Eval's way (`burnish.claims.asking`). Only of captions that are to be rewritten, or of all
if the rules say so: it costs a question a claim, about ten a caption. What is asked about is the text without orders to
its reader, in English, without recognised junk and without names, dates and years, which no picture can refute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from burnish import edits, evidence, guards
from burnish.asks import Terms
from burnish.asks.assess import views
from burnish.backends.builtin import junk
from burnish.claims import Claim, Kind, Verdict, asking, rules
from burnish.plan import RewriteRules
from burnish.standing import standing
from burnish.values import Caption, Finding, Record, Reply, Request

NAME = "claims"

MAX_CLAIMS = 48
"""Of one text: the most that a caption of `dsc+` length has on scenes is half of that. What follows is not asked about
and so may not be touched.
"""

_BEYOND_PICTURES = frozenset({"name", "date", "year"})


@dataclass(frozen=True, slots=True)
class Claims:
    """Wanted by records that stand under the threshold, or by all."""

    rules: RewriteRules
    weights: Mapping[str, float]
    name: str = NAME

    def requests(self, record: Record) -> list[Request]:
        """One question a claim."""
        return asking.questions(record.picture, self._claims(record))

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The original with its claims and their verdicts; a question that failed leaves its claim unknown."""
        verdicts = answered(self._claims(record), replies)
        original = replace(record.captions[0], claims=checked(views(record.view)[-1], verdicts))
        return replace(record, captions=(original, *record.captions[1:]))

    def _claims(self, record: Record) -> tuple[Claim, ...]:
        stands = standing(record.captions[0], self.weights)
        if stands is None or (stands >= self.rules.below and not self.rules.claims_all):
            return ()
        return () if "too_long" in record.flags else askable(views(record.view)[-1])


def ask(terms: Terms) -> Claims:
    """Made by name where a plan wants it."""
    return Claims(terms.plan.rewrite, terms.weights)


def askable(text: str) -> tuple[Claim, ...]:
    """The claims of `text` that are worth a question; none of a text that is not English."""
    if guards.foreign(text, rules.LANGUAGE):
        return ()
    noise = [(span.start, span.stop) for span in junk.spans(text)]
    names = [range(span.start, span.stop) for span in edits.protected(text) if span.kind in _BEYOND_PICTURES]
    other = [start for start, _ in edits.word_spans(text) if not any(start in name for name in names)]

    def worth(claim: Claim) -> bool:
        says_more = any(claim.start <= start < claim.stop for start in other) or claim.kind is Kind.TEXT
        return says_more and not any(start < claim.stop and claim.start < stop for start, stop in noise)

    return tuple(filter(worth, rules.split(text)))[:MAX_CLAIMS]


def answered(claims: Sequence[Claim], replies: Sequence[Reply]) -> dict[str, Verdict]:
    """The verdicts that `replies` give on `claims`, by their statements."""
    found = asking.verdicts(claims, replies)
    return {claim.statement: verdict for claim, verdict in zip(claims, found, strict=True)}


def checked(text: str, verdicts: Mapping[str, Verdict]) -> tuple[Finding, ...]:
    """The claims of `text` that are worth a question and have a verdict, `verdicts` being by the claims' statements."""
    return tuple(
        Finding(
            kind=str(claim.kind),
            says=claim.statement,
            verdict=str(verdicts[claim.statement]),
            start=claim.start,
            stop=claim.stop,
        )
        for claim in askable(text)
        if claim.statement in verdicts
    )


def refuted(caption: Caption) -> tuple[Finding, ...]:
    """The claims of `caption` that the picture was found to refute."""
    return tuple(finding for finding in caption.claims if finding.verdict == Verdict.REFUTED)


def known(caption: Caption) -> Mapping[str, Verdict]:
    """Verdicts that are known of what `caption` says, by the claims' statements."""
    return {finding.says: Verdict(finding.verdict) for finding in caption.claims}


def released(text: str, caption: Caption, writing: Sequence[str] | None) -> Iterator[str]:
    """The protected parts of `text`, the view of `caption`, that were refuted and so may go: numbers of things; and
    quotations that cannot be read in the picture either, if somebody looked (`writing`). Names stay in any case.
    """
    for finding in refuted(caption):
        words = text[finding.start : finding.stop]
        unread = writing is not None and not evidence.says(writing, words)
        if finding.kind == Kind.COUNT or (finding.kind == Kind.TEXT and unread):
            yield words
