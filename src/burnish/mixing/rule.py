"""The rule of a mix: everything decided beforehand, plain and picklable. With it each pair decides for itself.

Drawing at random and exact counts are the same rule with other numbers in it: cuts at shares of the range of draws, or
at the draw of the k-th pair.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from burnish.mixing import draws
from burnish.mixing.choices import Missing, spread
from burnish.mixing.draws import RANGE, Why
from burnish.mixing.offers import Offer, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """How often a pair trains: `whole` times, and once more if its draw is below `cut`."""

    whole: int
    cut: int

    @classmethod
    def of(cls, times: float) -> Copies:
        """By a number of times, its fraction left to the draw."""
        whole = math.floor(times)
        return cls(whole=whole, cut=draws.cut_of(times - whole))

    @property
    def most(self) -> int:
        """The largest number of times."""
        return self.whole + (1 if self.cut else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCuts:
    """One source's numbers. `asked`: how often a pair should train, by score interval, and `copies`: how that is met;
    `cuts` by pattern: role i trains if the draw is below its i-th
    and no earlier cut, above the last one the pair is left out. `weights`: of roles, for patterns not in `cuts`.
    """

    terms: Terms
    asked: tuple[float, ...]
    copies: tuple[Copies, ...]
    weights: tuple[float, ...]
    cuts: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def stride(self) -> int:
        """Turns of one epoch: no pair trains more often."""
        return max(1, *(copies.most for copies in self.copies))

    def times(self, offer: Offer, epoch: int) -> int:
        """How often a pair trains in an epoch."""
        if not offer.pattern & self.terms.useful:
            return 0
        copies = self.copies[offer.bin]
        return copies.whole + (draws.draw(offer.who, Why.COPIES, epoch) < copies.cut)

    def turn(self, epoch: int, copy: int) -> int:
        """The turn of a copy: what its draws are drawn for."""
        return epoch * self.stride + copy

    def role(self, offer: Offer, turn: int) -> int | None:
        """The index of the role that trains at a turn; None: left out."""
        drawn = draws.draw(offer.who, Why.ROLE, turn)
        cuts = self.cuts.get(offer.pattern)
        for at, cut in enumerate(self.cuts_of(offer.pattern) if cuts is None else cuts):
            if drawn < cut:
                return at
        return None

    def cuts_of(self, pattern: int) -> tuple[int, ...]:
        """The cuts of a pattern by probabilities."""
        return _cuts(self.weights, pattern, self.terms.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The cuts of all sources by name, and the inner limits of the levels."""

    epoch: int
    sources: Mapping[str, SourceCuts]
    edges: tuple[float, ...] = ()


@lru_cache(1 << 12)
def _cuts(weights: tuple[float, ...], pattern: int, missing: Missing) -> tuple[int, ...]:
    return as_cuts(spread(weights, pattern, missing))


def as_cuts(shares: tuple[float, ...]) -> tuple[int, ...]:
    """Cuts for probabilities of all roles and, last, of none. If none is never meant, the last role's cut is RANGE."""
    ends = [draws.cut_of(end) for end in accumulate(shares[:-1])]
    if shares[-1] <= 0:
        last = max((at for at, share in enumerate(shares[:-1]) if share > 0), default=-1)
        ends = [RANGE if at >= last >= 0 else end for at, end in enumerate(ends)]
    return tuple(ends)
