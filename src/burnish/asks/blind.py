"""Ask again without the picture: what a score is worth as a judgement of the pair (p with image minus p without).

A model that says of a text alone what it says of text and picture has not looked. Known of a score by how far it moves
when the picture is taken away; it costs a call without a picture for each score that needs one, and decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from burnish import criteria
from burnish.asks import Terms
from burnish.asks.assess import assess_requests, scores_of
from burnish.values import AssessRequest, Record, Reply, Request, Score

NAME = "blind"

LANGUAGE_ONLY = "language_only"
"""Flag of a pair whose deciding scores all barely move without the picture."""

BARELY = 0.25
"""On the scale of 1 to 5: a sixteenth of its width. A convention, not fitted: compare models by it, not pairs."""


@dataclass(frozen=True, slots=True)
class Blind:
    """Wanted by every record with a score that needs the picture."""

    weights: Mapping[str, float]
    name: str = NAME

    def requests(self, record: Record) -> list[Request]:
        """The same questions as with the picture, about every view of the text, for the criteria that have a value."""
        asked = assess_requests(record.picture, record.view, _wanted(record))
        return [replace(request, blind=True) for request in asked if isinstance(request, AssessRequest)]

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The original's scores with what they are without the picture; flagged if all that decides barely moved."""
        wanted = _wanted(record)
        values = {name: score.value for name, score in zip(wanted, scores_of(wanted, replies), strict=True)}
        original = record.captions[0]
        scores = tuple(replace(s, blind=values.get(s.criterion, s.blind)) for s in original.scores)
        deciding = [moved(score) for score in scores if self.weights.get(score.criterion)]
        known = [distance for distance in deciding if distance is not None]
        flag = (LANGUAGE_ONLY,) if known and max(known) < BARELY else ()
        captions = (replace(original, scores=scores), *record.captions[1:])
        return replace(record, captions=captions, flags=(*record.flags, *flag))


def ask(terms: Terms) -> Blind:
    """Made by name where a plan wants it."""
    return Blind(terms.weights)


def _wanted(record: Record) -> tuple[str, ...]:
    scored = [score.criterion for score in record.captions[0].scores if score.value is not None]
    return tuple(name for name in scored if criteria.load(name).needs_image)


def moved(score: Score) -> float | None:
    """How far a score is from what it is without the picture; None if one of the two is not known."""
    return None if score.value is None or score.blind is None else abs(score.value - score.blind)


@dataclass(slots=True)
class Tally:
    """How many scores were compared with what they are without the picture, by criterion, and how many barely moved."""

    compared: Counter[str] = field(default_factory=Counter)
    barely: Counter[str] = field(default_factory=Counter)

    def add(self, record: Record) -> None:
        """Count the scores of one record, if its run asks for that: what an earlier run has left does not count."""
        if NAME not in record.extra:
            return
        for score in (score for caption in record.captions for score in caption.scores):
            distance = moved(score)
            if distance is not None:
                self.compared[score.criterion] += 1
                self.barely[score.criterion] += distance < BARELY

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.compared + other.compared, self.barely + other.barely)

    def as_json(self) -> dict[str, tuple[int, int]]:
        """By criterion: compared, barely moved."""
        return {name: (self.compared[name], self.barely[name]) for name in sorted(self.compared)}


def tally_from(counts: Mapping[str, Sequence[int]]) -> Tally:
    """What `Tally.as_json` wrote."""
    compared = {name: compared for name, (compared, _) in counts.items()}
    return Tally(Counter(compared), Counter({name: barely for name, (_, barely) in counts.items()}))
