"""What became of the pairs of a source, as counts that add up over shards, workers and resumed runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from burnish.mixing import draws
from burnish.mixing.census import Counted
from burnish.mixing.draws import Why
from burnish.mixing.offers import KEPT_OUT
from burnish.mixing.quotas import many_times, useful
from burnish.mixing.rule import SourceCuts
from burnish.mixing.samples import NO_CAPTION, NOT_DRAWN, NOT_KEPT, Draw
from burnish.values import Json


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts of one source. `pairs`: all read; `faults`: what could not be read; `respelt`: samples in whose text a tag
    of the form was made plain text. `left_out`: pairs and copies that do
    not train, by reason. `bins`: pairs that can train, and `copies` of them, by score interval; `patterns`: copies by
    pattern. `roles`, `levels`: samples by role and level.
    """

    pairs: int = 0
    faults: int = 0
    respelt: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    bins: Counter[str] = field(default_factory=Counter)
    copies: Counter[str] = field(default_factory=Counter)
    patterns: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)

    @property
    def samples(self) -> int:
        """How many samples train."""
        return self.roles.total()

    def add(self, drawn: Draw, useful_bits: int) -> None:
        """Count one pair."""
        offer = drawn.offer
        self.pairs += 1
        self.left_out.update(drawn.left_out)
        if not offer.pattern & useful_bits:
            return
        self.bins[str(offer.bin)] += 1
        copies = len(drawn.samples) + sum(reason == NO_CAPTION for reason in drawn.left_out)
        self.copies[str(offer.bin)] += copies
        self.patterns[str(offer.pattern)] += copies
        for sample in drawn.samples:
            self.roles[sample.role] += 1
            self.levels[str(sample.level)] += 1

    def __iadd__(self, other: Tally) -> Self:
        self.pairs += other.pairs
        self.faults += other.faults
        self.respelt += other.respelt
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        return self

    def as_json(self) -> dict[str, Json]:
        """All counts by name."""
        counters: dict[str, Json] = {name: dict(sorted(getattr(self, name).items())) for name in _COUNTERS}
        return {"pairs": self.pairs, "faults": self.faults, "respelt": self.respelt, **counters}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Tally:
        """The inverse of `as_json`."""
        counters: dict[str, Any] = {name: Counter(row[name]) for name in _COUNTERS}
        respelt = row.get("respelt", 0)  # shards that were written before it was counted
        return cls(pairs=row["pairs"], faults=row["faults"], respelt=respelt, **counters)


_COUNTERS = ("left_out", "bins", "copies", "patterns", "roles", "levels")


def foreseen(counted: Counted, cuts: SourceCuts, epoch: int) -> Tally:
    """The tally that writing the source gives, but for what only texts and images tell, from its census alone."""
    import numpy as np

    tally = Tally(pairs=counted.pairs)
    for rows in counted.rows():
        times = many_times(rows, cuts, epoch)
        there = useful(rows, cuts.terms)
        kept_out = rows["pattern"] == KEPT_OUT
        tally.left_out[NOT_KEPT] += int(kept_out.sum())
        tally.left_out[NO_CAPTION] += int((~there & ~kept_out).sum())
        tally.left_out[NOT_DRAWN] += int((there & (times == 0)).sum())
        for at in np.unique(rows["bin"][there]):
            mine = there & (rows["bin"] == at)
            tally.bins[str(at)] += int(mine.sum())
            tally.copies[str(at)] += int(times[mine].sum())
        for pattern in np.unique(rows["pattern"][there]):
            mine = rows["pattern"] == pattern
            tally.patterns[str(pattern)] += int(times[mine].sum())
            _add_roles(tally, cuts, int(pattern), (rows["who"][mine], times[mine]), epoch)
    tally.left_out += Counter()  # without zeros
    return tally


def _add_roles(tally: Tally, cuts: SourceCuts, pattern: int, units: tuple[Any, Any], epoch: int) -> None:
    import numpy as np

    who, times = units
    ends = cuts.cuts.get(pattern) or cuts.cuts_of(pattern)
    for copy in range(int(times.max(initial=0))):
        drawn = draws.draws(who[times > copy], Why.ROLE, cuts.turn(epoch, copy))
        role = np.zeros(len(drawn), np.int64)
        for end in ends:
            role += ~draws.below(drawn, end)
        for at, number in enumerate(np.bincount(role, minlength=len(ends) + 1)):
            if not number:
                continue
            if at < len(ends):
                tally.roles[cuts.terms.roles[at]] += int(number)
            else:
                tally.left_out[NO_CAPTION] += int(number)
