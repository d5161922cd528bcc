"""From trainings to figures: every arm with its error bar, differences with both, the noise, and what follows.

All of it is plain data with names, which the page and the picture are made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from burnish.arms import compare
from burnish.arms.asked import Asked
from burnish.arms.compare import Gap, Groups, Measured
from burnish.arms.mixtures import Entrant
from burnish.arms.pool import Counted
from burnish.arms.training import AGAIN, BASE, CONTROL, Outcome, Trained
from burnish.evals import retrieval

if TYPE_CHECKING:
    from burnish.arms.contest import Contest

ALSO = (
    ("enhanced", "filtered"),
    ("filtered", "random_subset"),
    ("enhanced", "recaptioned"),
    ("hybrid", "recaptioned"),
    ("hybrid", "enhanced"),
)
"""Pairs of arms that are compared beside each arm with the base, where both are there."""
DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Who takes part, of which pairs, and who does not and why."""

    counted: Counted
    entrants: Sequence[Entrant]
    left_out: Mapping[str, str]


def found(contest: Contest, field: Field, trained: Mapping[str, Trained]) -> dict[str, Any]:
    """All figures; shares and recalls from 0 to 1."""
    facts = field.counted.facts
    return {
        "pairs": field.counted.pairs,
        "held_out": field.counted.asked,
        "scored": field.counted.scored,
        "below": facts.below,
        "kept": round(facts.kept, DIGITS),
        "caption": facts.caption,
        "arms": {one.name: one.what for one in field.entrants},
        "left_out": dict(field.left_out),
        "exams": {exam.name: _size(exam) for exam in contest.exams},
        "cut": contest.cut,
        "seeds": contest.seeds,
        "epochs": contest.epochs,
        "chance": _chance(contest),
        "proxies": {name: _proxy(contest, one) for name, one in trained.items()},
    }


def _size(exam: Asked) -> dict[str, int]:
    texts = retrieval.labels([one.text for one in exam.questions])[0]
    groups = {one.group for one in exam.questions}
    return {"pictures": len(exam.questions), "texts": len(texts), "groups": len(groups)}


def _chance(contest: Contest) -> float:
    right = [retrieval.labels([one.text for one in exam.questions])[1] for exam in contest.exams]
    return round(float(np.mean([retrieval.chance(each, contest.cut) for each in right])), DIGITS)


def _proxy(contest: Contest, trained: Trained) -> dict[str, Any]:
    members = [groups for exam in contest.exams for groups in _members(exam)]
    measured = {
        size: {arm: [_measured(one, contest.cut) for one in runs] for arm, runs in arms.items()}
        for size, arms in trained.outcomes.items()
    }
    gaps = {size: _gaps(arms, members) for size, arms in measured.items()}
    return {
        "identity": trained.identity,
        "trainings": sum(len(runs) for arms in trained.outcomes.values() for runs in arms.values()),
        "comparisons": sum(row["one"] != AGAIN for rows in gaps.values() for row in rows),
        "sizes": {
            str(size): {
                "arms": {arm: _arm(runs, trained.outcomes[size][arm]) for arm, runs in arms.items()},
                "gaps": gaps[size],
            }
            for size, arms in measured.items()
        },
        "growth": dict(_growth(measured)),
    }


def _members(exam: Asked) -> list[Groups]:
    """Whom what is asked belongs to, as `Exam.members`; the pictures' rows play no part."""
    return exam.exam({one.image_xxh128: 0 for one in exam.questions}).members()


def _measured(outcome: Outcome, cut: int) -> Measured:
    hits = [
        (places <= cut).astype(np.float64)
        for ranks in outcome.ranks.values()
        for places in (ranks.image_to_text, ranks.text_to_image)
    ]
    return Measured(figure=float(np.mean([hit.mean() for hit in hits])), hits=hits)


def _arm(measured: Sequence[Measured], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        **_rounded(compare.spread([one.figure for one in measured])),
        "by_seed": [round(one.figure, DIGITS) for one in measured],
        **{name: round(np.mean([getattr(one, name) for one in outcomes])) for name in ("samples", "pictures", "texts")},
        "measures": {exam: _measures([one.ranks[exam] for one in outcomes]) for exam in outcomes[0].ranks},
    }


def _measures(ranks: Sequence[retrieval.Ranks]) -> dict[str, float]:
    told = [retrieval.measures(one) for one in ranks]
    return {name: round(float(np.mean([one[name] for one in told])), DIGITS) for name in told[0]}


def _gaps(arms: Mapping[str, Sequence[Measured]], members: Sequence[Groups]) -> list[dict[str, Any]]:
    pairs = [(arm, BASE) for arm in arms if arm not in {BASE, CONTROL}]
    pairs += [(one, other) for one, other in ALSO if one in arms and other in arms]
    return [{"one": one, "other": other, **_told(compare.gap(arms[one], arms[other], members))} for one, other in pairs]


def _told(gap: Gap) -> dict[str, Any]:
    ends = {"low": round(gap.low, DIGITS), "high": round(gap.high, DIGITS)}
    return {**_rounded(gap.seeds), **ends, "said": gap.said}


def _growth(measured: Mapping[int, Mapping[str, Sequence[Measured]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """How much larger each arm's gain over the base is in the largest pool than in the smallest, seed by seed."""
    least, most = min(measured), max(measured)
    if least == most:
        return
    for arm in measured[most]:
        if arm not in {BASE, CONTROL}:
            gains = {
                size: [a.figure - b.figure for a, b in zip(measured[size][arm], measured[size][BASE], strict=True)]
                for size in (least, most)
            }
            grown = compare.difference(gains[most], gains[least])
            sure = abs(grown.mean) > grown.half
            said = ("grows" if grown.mean > 0 else "shrinks") if sure else compare.SAME
            yield arm, {**_rounded(grown), "said": said}


def _rounded(spread: compare.Spread) -> dict[str, float]:
    return {name: round(value, DIGITS) for name, value in asdict(spread).items()}
