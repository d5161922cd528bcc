"""Ask for the reason why a caption stands low.

Only of pairs under the threshold, and there only for the deciding criteria that are under it themselves: by the
recipe's own weights that is one written answer for each pair that is to be rewritten, where a reason for every score
of every pair would be six. What the whole text gave is explained by the text without orders to its reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from burnish.asks import Terms
from burnish.asks.assess import views
from burnish.standing import standing
from burnish.values import Caption, Draft, ExplainRequest, Record, Reply, Request, Score

NAME = "explain"


@dataclass(frozen=True, slots=True)
class Explain:
    """Wanted by records that stand under `below`."""

    below: float
    weights: Mapping[str, float]
    name: str = NAME

    def requests(self, record: Record) -> list[Request]:
        """One `ExplainRequest` for each deciding criterion under the threshold."""
        text = views(record.view)[-1]
        if record.view and not text:  # nothing but orders: nothing is left to speak about
            return []
        return [
            ExplainRequest(picture=record.picture, text=text, criterion=name, value=value)
            for name, value in self._low(record).items()
        ]

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The original's scores with their reasons. Without a reason a score stays as it is: it is none the worse."""
        told = dict(zip(self._low(record), replies, strict=True))
        reasons = {name: reply.text for name, reply in told.items() if isinstance(reply, Draft)}
        original = record.captions[0]
        scores = (replace(s, reason=reasons.get(s.criterion, s.reason)) for s in original.scores)
        return replace(record, captions=(replace(original, scores=tuple(scores)), *record.captions[1:]))

    def _low(self, record: Record) -> dict[str, float]:
        original = record.captions[0]
        stands = standing(original, self.weights)
        if stands is None or stands >= self.below:
            return {}
        values = {score.criterion: score.value for score in original.scores if self.weights.get(score.criterion)}
        return {name: value for name, value in values.items() if value is not None and value < self.below}


def explained(caption: Caption, weights: Mapping[str, float], below: float) -> Score | None:
    """The first deciding score of `caption` that is under `below` and has a reason."""
    deciding = (score for score in caption.scores if weights.get(score.criterion) and score.reason)
    return next((score for score in deciding if score.value is not None and score.value < below), None)


def ask(terms: Terms) -> Explain:
    """Made by name where a plan wants reasons."""
    return Explain(terms.plan.rewrite.below, terms.weights)
