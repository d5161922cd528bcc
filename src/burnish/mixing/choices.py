"""Which role trains, as probabilities: pure arithmetic on weights and on which roles a pair has.

A pair's *pattern* is a set of bits, one for each role of its group that it has a usable caption of. For each pattern
there is a distribution over the roles and over being left out (docs/mixing.md has the equations).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

Missing: TypeAlias = "Literal['renormalise', 'compensate', 'drop', ''] | tuple[int, ...]"
"""As in `GroupRule.missing`, roles as indexes."""

_ROUNDS = 2_000
_CLOSE = 1e-12
_LEAST = 1e-15
"""No weight is raked down to nothing: pairs that have that role alone must still train with it."""


def spread(weights: Sequence[float], pattern: int, missing: Missing) -> tuple[float, ...]:
    """Probability of each role for a pair with `pattern`, and last of being left out; they sum to 1."""
    total = math.fsum(weights)
    asked = [weight / total for weight in weights]
    have = [asked[i] if pattern >> i & 1 else 0.0 for i in range(len(asked))]
    lost = 1.0 - math.fsum(have)
    if lost <= _CLOSE:
        return (*have, 0.0)
    if missing == "drop":
        return (*have, lost)
    if isinstance(missing, tuple):
        first = next((i for i in missing if pattern >> i & 1), None)
        if first is None:
            return (*have, lost)
        have[first] += lost
        return (*have, 0.0)
    there = math.fsum(have)
    if there <= 0:
        return (*(0.0 for _ in have), 1.0)
    return (*(share / there for share in have), 0.0)


def raked(weights: Sequence[float], patterns: Mapping[int, float]) -> tuple[float, ...]:
    """Weights whose renormalised draws give the whole set what `weights` ask for, if its `patterns` (how many pairs
    have each) allow it; else what comes nearest to it. Iterative proportional fitting: each weight is scaled by what is
    asked over what it gives, until it is given.
    """
    usable = {p: n for p, n in patterns.items() if n > 0 and any(w > 0 and p >> i & 1 for i, w in enumerate(weights))}
    total = math.fsum(usable.values())
    asked = [weight / math.fsum(weights) for weight in weights]
    if not total:
        return tuple(asked)
    current = list(asked)
    for _ in range(_ROUNDS):
        given = _given(current, usable, total)
        if max(abs(g - a) for g, a in zip(given, asked, strict=True)) < _CLOSE:
            break
        scaled = [c * a / g if g > 0 else 0.0 for c, a, g in zip(current, asked, given, strict=True)]
        top = max(scaled)
        current = [max(c / top, _LEAST) if a > 0 else 0.0 for c, a in zip(scaled, asked, strict=True)]
    return tuple(current)


def _given(weights: Sequence[float], patterns: Mapping[int, float], total: float) -> list[float]:
    """The share of each role over the set."""
    shares = [0.0] * len(weights)
    for pattern, number in patterns.items():
        there = math.fsum(w for i, w in enumerate(weights) if pattern >> i & 1)
        for i, weight in enumerate(weights):
            if there > 0 and pattern >> i & 1:
                shares[i] += number / total * weight / there
    return shares


def apportioned(shares: Sequence[float], total: int, carried: Sequence[float]) -> tuple[list[int], list[float]]:
    """`total` whole things by `shares`, which sum to 1: largest remainders. What rounding owes is `carried` on, so that
    sums over many calls stay within one or two of what they should be. Nothing goes where the share is 0.
    """
    wanted = [share * total + (owed if share > 0 else 0.0) for share, owed in zip(shares, carried, strict=True)]
    whole = [max(0, math.floor(want + 1e-9)) for want in wanted]
    open_to = [i for i, share in enumerate(shares) if share > 0]
    order = sorted(open_to, key=lambda i: (whole[i] - wanted[i], i))
    left = total - sum(whole)
    at = 0
    while left and order:
        i = order[at % len(order)] if left > 0 else order[-1 - at % len(order)]
        step = 1 if left > 0 else -1
        if whole[i] + step >= 0:
            whole[i] += step
            left -= step
        at += 1
    owed = [
        want - got if share > 0 else held for want, got, share, held in zip(wanted, whole, shares, carried, strict=True)
    ]
    return whole, owed
