"""A second look at a rewrite: it is chosen only if it is measurably better; otherwise the original stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from burnish.asks import Terms
from burnish.asks.assess import assess_requests, scores_of
from burnish.asks.rewrite import ROLE
from burnish.plan import RewriteRules
from burnish.values import Caption, Record, Reply, Request


@dataclass(frozen=True, slots=True)
class Verify:
    """Wanted by records with a rewrite that has no verdict yet."""

    rules: RewriteRules
    criteria: tuple[str, ...]
    name: str = "verify"

    def requests(self, record: Record) -> list[Request]:
        """The assessment of the rewrite, the same questions as for the original."""
        last = record.captions[-1]
        if last.role != ROLE or last.verdict:
            return []
        return assess_requests(record.picture, last.text, self.criteria)

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The rewrite with scores and verdict; chosen if it gains."""
        judged = replace(record.captions[-1], scores=scores_of(self.criteria, replies))
        flaw = self._flaw(record.captions[0], judged)
        judged = replace(judged, verdict=f"rejected:{flaw}" if flaw else "accepted")
        captions = (*record.captions[:-1], judged)
        if flaw:
            return replace(record, captions=captions, reason=f"rewrite_rejected:{flaw}")
        return replace(record, captions=captions, chosen=len(captions) - 1)

    def _flaw(self, original: Caption, rewrite: Caption) -> str:
        before, after = _value(original, "overall"), _value(rewrite, "overall")
        if before is None or after is None:
            return "not_assessable"
        if round(after - before, 4) < self.rules.min_gain:
            return "no_gain"
        match_before, match_after = _value(original, "image_text_matching"), _value(rewrite, "image_text_matching")
        if match_before is None or match_after is None:
            return ""
        return "match_lost" if round(match_before - match_after, 4) > self.rules.max_match_loss else ""


def ask(terms: Terms) -> Verify:
    """Made by name from a recipe."""
    return Verify(terms.plan.rewrite, terms.recipe.criteria)


def _value(caption: Caption, criterion: str) -> float | None:
    score = caption.score(criterion)
    return None if score is None else score.value
