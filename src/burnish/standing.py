"""What decides about a caption: one number from its scores, by weights that belong to who trains on the data.

No criterion is the best for everyone (MLM-Filter, arXiv 2403.02677: what helps one kind of model harms another), so
weights and threshold are settings, to be fitted from labels. Without any, the recipe's own count.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from burnish.plan import Plan
from burnish.recipes import Recipe
from burnish.values import Caption, State


def weights(plan: Plan, recipe: Recipe) -> Mapping[str, float]:
    """Weight of each criterion that decides."""
    return plan.rewrite.weights or recipe.decides


def criteria(plan: Plan, recipe: Recipe) -> tuple[str, ...]:
    """The recipe's criteria, and those that decide by the plan's weights."""
    return tuple(dict.fromkeys((*recipe.criteria, *weights(plan, recipe))))


def standing(caption: Caption, weights: Mapping[str, float]) -> float | None:
    """The weighted mean of the criteria that have a value, on their scale; None if none has."""
    return _mean(_values(caption, weights), weights)


def gain(before: Caption, after: Caption, weights: Mapping[str, float]) -> float | None:
    """How much better `after` stands, by the criteria that both have a value for; None if there is none."""
    old, new = _values(before, weights), _values(after, weights)
    both = old.keys() & new.keys()
    stood = _mean({name: old[name] for name in both}, weights)
    stands = _mean({name: new[name] for name in both}, weights)
    return None if stood is None or stands is None else round(stands - stood, 4)


def why_none(caption: Caption, weights: Mapping[str, float]) -> State:
    """The state of the first deciding criterion of a caption without a standing."""
    scores = [score for name in weights if (score := caption.score(name)) is not None]
    return scores[0].state if scores else State.NOT_ASKED


def _values(caption: Caption, weights: Mapping[str, float]) -> dict[str, float]:
    scores = (caption.score(name) for name, weight in weights.items() if weight > 0)
    return {score.criterion: score.value for score in scores if score is not None and score.value is not None}


def _mean(values: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    total = math.fsum(weights[name] for name in values)
    return math.fsum(value * weights[name] for name, value in sorted(values.items())) / total if total else None
