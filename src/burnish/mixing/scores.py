"""Weights by score: intervals that leave no score without a weight.

Intervals are half-open: ``"< 3"``, ``"3-4"`` (3 is in, 4 is not), ``">= 4"``. They touch and reach from one end to the
other, so that no pair falls through; what has no score has a weight of its own.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from burnish.mixing.faults import MixtureError
from burnish.values import Caption

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[float, float]]], ...] = (
    (re.compile(rf"<\s*{_NUMBER}"), lambda m: (-math.inf, float(m[1]))),
    (re.compile(rf">=\s*{_NUMBER}"), lambda m: (float(m[1]), math.inf)),
    (re.compile(rf"{_NUMBER}\s*-\s*{_NUMBER}"), lambda m: (float(m[1]), float(m[2]))),
)

MOST = 1_000_000
"""The largest weight: beyond it sums of weights and counts of copies leave what numbers can hold."""

UNSCORED = -1
"""The bin of what has no score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """A weight for each interval of a score, and one for what has none.

    `criterion`: which score. `of`: whose score counts for a pair, a role or "chosen" (for a role's own weights: its
    caption's, whatever `of` says).
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    weights: dict[str, float]
    unscored: float
    criterion: str = "overall"
    of: str = "chosen"

    def __post_init__(self) -> None:
        if not self.weights:
            raise MixtureError('weights must hold intervals, such as {">= 3" = 1, "< 3" = 0}.')
        for name, weight in {**self.weights, "unscored": self.unscored}.items():
            if not 0 <= weight <= MOST:
                raise MixtureError(f"the weight of {name!r} must be 0 to {MOST:,}, not {weight!r}.")
        _check_cover(self.weights)

    def table(self) -> Bins:
        """The intervals, ready to look up."""
        ordered = sorted(self.weights, key=lambda text: _interval(text)[0])
        return Bins(
            edges=tuple(_interval(text)[1] for text in ordered[:-1]),
            names=(*ordered, "unscored"),
            weights=(*(self.weights[text] for text in ordered), self.unscored),
        )

    def value(self, caption: Caption | None) -> float | None:
        """The score of `caption` that counts, None if there is none."""
        score = caption.score(self.criterion) if caption is not None else None
        return None if score is None else score.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Intervals in order, the unscored ones last. `edges` are the inner limits."""

    edges: tuple[float, ...] = ()
    names: tuple[str, ...] = ("all",)
    weights: tuple[float, ...] = (1.0,)

    def find(self, value: float | None) -> int:
        """The index of the interval `value` lies in; the last one for None."""
        return len(self.names) - 1 if value is None else bisect_right(self.edges, value)


ALL = Bins()
"""One bin for everything: no scores are asked for."""


def _interval(text: str) -> tuple[float, float]:
    for form, limits in _FORMS:
        match = form.fullmatch(text.strip())
        if match:
            return limits(match)
    raise MixtureError(f'{text!r} is no interval of scores.\nWrite "< 3", "3-4" (3 is in, 4 is not) or ">= 4".')


def _check_cover(weights: Mapping[str, float]) -> None:
    limits = sorted(_interval(text) for text in weights)
    for low, high in limits:
        if not low < high:
            raise MixtureError(f"the interval {low:g}-{high:g} is empty.")
    if limits[0][0] != -math.inf:
        raise MixtureError(
            f'scores below {limits[0][0]:g} are in no interval.\nAdd "< {limits[0][0]:g}" = 0 if so meant.'
        )
    if limits[-1][1] != math.inf:
        raise MixtureError(
            f'scores from {limits[-1][1]:g} on are in no interval.\nAdd ">= {limits[-1][1]:g}" = 1 or so.'
        )
    for one, other in pairwise(limits):
        if one[1] < other[0]:
            raise MixtureError(
                f"scores from {one[1]:g} to {other[0]:g} are in no interval.\nAdd one, with weight 0 if so meant."
            )
        if one[1] > other[0]:
            raise MixtureError(f"scores from {other[0]:g} to {min(one[1], other[1]):g} are in two intervals.")
