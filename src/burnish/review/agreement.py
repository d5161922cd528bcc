"""How far people and model agree, over the pairs that people have decided on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor

from burnish.intervals import wilson
from burnish.review.decisions import Action
from burnish.values import Json

BIN = 0.5
_LOWEST, _HIGHEST = 1.0, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A pair that somebody decided on. `before` and `after`: how its two texts stand; `found` and `chosen`: the texts;
    `text`: an edit's.
    """

    decision: str
    action: Action
    found: str
    chosen: str
    text: str = ""
    before: float | None = None
    after: float | None = None

    @property
    def good(self) -> bool | None:
        """Whether the text as found is good, as far as the decision says so. None: a rewrite that was rejected says
        nothing of what it was made from.
        """
        if self.found == self.chosen:
            return self.action is Action.ACCEPT
        if self.action is Action.EDIT:
            return self.text == self.found
        return None if self.action is Action.REJECT else False


def agreement(reviewed: Iterable[Reviewed], below: float) -> dict[str, Json]:
    """All figures: decisions by what the model had decided, the accepted share by score, and Cohen's kappa of "the text
    as found is good" between people and "it stands at `below` or above".
    """
    pairs = list(reviewed)
    both = [(pair.good, pair.before >= below) for pair in pairs if pair.good is not None and pair.before is not None]
    return {
        "reviewed": len(pairs),
        "below": below,
        "by_decision": _by_decision(pairs),
        "by_score": _by_score(pairs),
        "labelled": len(both),
        "agreed": sum(people == model for people, model in both),
        "both_good": sum(people and model for people, model in both),
        "both_bad": sum(not people and not model for people, model in both),
        "only_people_good": sum(people and not model for people, model in both),
        "only_model_good": sum(model and not people for people, model in both),
        "kappa": kappa(both),
    }


def kappa(both: Sequence[tuple[bool, bool]]) -> float | None:
    """Agreement beyond chance (Cohen 1960): 1 is full, 0 is chance; None where chance alone would agree always."""
    if not both:
        return None
    first = sum(people for people, _ in both) / len(both)
    second = sum(model for _, model in both) / len(both)
    by_chance = first * second + (1 - first) * (1 - second)
    if by_chance == 1:
        return None
    observed = sum(people == model for people, model in both) / len(both)
    return round((observed - by_chance) / (1 - by_chance), 6) + 0.0  # no -0.0


def _by_decision(pairs: Sequence[Reviewed]) -> dict[str, Json]:
    counts: dict[str, Counter[str]] = {}
    for pair in pairs:
        counts.setdefault(pair.decision, Counter())[str(pair.action)] += 1
    return {decision: _told(found) for decision, found in sorted(counts.items())}


def _by_score(pairs: Sequence[Reviewed]) -> list[Json]:
    """By how the chosen text stands, in steps of `BIN`."""
    counts: dict[float, Counter[str]] = {}
    for pair in pairs:
        if pair.after is not None:
            at = min(max(pair.after, _LOWEST), _HIGHEST - BIN)
            counts.setdefault(_LOWEST + BIN * floor((at - _LOWEST) / BIN), Counter())[str(pair.action)] += 1
    return [{"from": at, "to": at + BIN, **_told(found)} for at, found in sorted(counts.items())]


def _told(found: Mapping[str, int]) -> dict[str, Json]:
    total = sum(found.values())
    accepted = found.get(Action.ACCEPT, 0)
    low, high = wilson(accepted, total)
    counts: dict[str, Json] = {str(each): found.get(each, 0) for each in Action if each is not Action.UNDO}
    return {**counts, "pairs": total, "accepted_share": accepted / total, "low": low, "high": high}
