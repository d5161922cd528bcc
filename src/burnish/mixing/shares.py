"""What was asked and what came: shares of samples, how far apart they are, and what chance alone allows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from burnish.mixing.mixture import Mixture
from burnish.mixing.quotas import expected
from burnish.mixing.rule import Rule, SourceCuts
from burnish.mixing.tally import Tally
from burnish.values import Json

_SIGMAS = 1.96
"""Of a normal distribution, 95 % lie within."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One share. `within`: what it is a share of. `asked`: by the mixture's weights. `possible`: what they lead to with
    the captions there are. `got`: what it is. `samples`: how many. `margin`: half the width of the interval in which 95
    of 100 seeds put `got` round `possible`; 0 where counts are exact.
    """

    within: str
    name: str
    asked: float
    possible: float
    got: float
    samples: int
    margin: float

    @property
    def off(self) -> float:
        """Points between what came and what was asked."""
        return self.got - self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All shares of a mix, and its counts. `respelt`: samples in whose text a tag was made plain text."""

    pairs: int
    samples: int
    faults: int
    respelt: int
    left_out: Mapping[str, int]
    levels: Mapping[str, int]
    repeats: Mapping[str, Mapping[str, float]]
    shares: tuple[Share, ...]
    exact: bool

    @property
    def largest(self) -> Share | None:
        """The share that is farthest from what was asked."""
        return max(self.shares, key=lambda share: abs(share.off), default=None)

    def as_json(self) -> dict[str, Json]:
        """Everything, shares in full."""
        largest = self.largest
        plain = asdict(self)
        plain["shares"] = [{**asdict(share), "off": share.off} for share in self.shares]
        return {**plain, "largest_difference": abs(largest.off) if largest else 0.0}


def report(mixture: Mixture, rule: Rule, tallies: Mapping[str, Tally]) -> Report:
    """The report of a mix whose sources came to `tallies`."""
    whole = Tally()
    for tally in tallies.values():
        whole += tally
    return Report(
        pairs=whole.pairs,
        samples=whole.samples,
        faults=whole.faults,
        respelt=whole.respelt,
        left_out=dict(sorted(whole.left_out.items())),
        levels=dict(sorted(whole.levels.items(), key=lambda item: int(item[0]))) if mixture.levels.levels else {},
        repeats={name: _repeats(rule.sources[name], tally) for name, tally in tallies.items()},
        shares=(*_of_sources(mixture, rule, tallies), *_of_roles(mixture, rule, tallies)),
        exact=mixture.exact,
    )


def _of_sources(mixture: Mixture, rule: Rule, tallies: Mapping[str, Tally]) -> Iterator[Share]:
    if len(tallies) < 2:
        return
    asked = {name: _asked(rule.sources[name], tally) for name, tally in tallies.items()}
    total, all_samples = math.fsum(asked.values()), sum(tally.samples for tally in tallies.values())
    spreads = {name: _spread(rule.sources[name], tally) for name, tally in tallies.items()}
    for name, tally in tallies.items():
        share = asked[name] / total if total else 0.0
        margin = 0.0 if mixture.exact or not total else _SIGMAS * _of_part(share, name, spreads) / total
        yield Share(
            within="all",
            name=name,
            asked=share,
            possible=share,
            got=tally.samples / all_samples if all_samples else 0.0,
            samples=tally.samples,
            margin=margin,
        )


def _of_part(share: float, name: str, spreads: Mapping[str, float]) -> float:
    """Standard deviation of a part's count that the total's does not explain, by the parts' variances."""
    others = math.fsum(variance for other, variance in spreads.items() if other != name)
    return math.sqrt((1 - share) ** 2 * spreads[name] + share**2 * others)


def _asked(cuts: SourceCuts, tally: Tally) -> float:
    """Samples on average: pairs by how often they train."""
    return math.fsum(number * cuts.asked[int(at)] for at, number in tally.bins.items())


def _spread(cuts: SourceCuts, tally: Tally) -> float:
    """Variance of a source's copies if the fraction of a copy is drawn for each pair."""
    parts = ((number, cuts.asked[int(at)] % 1.0) for at, number in tally.bins.items())
    return math.fsum(number * part * (1 - part) for number, part in parts)


def _of_roles(mixture: Mixture, rule: Rule, tallies: Mapping[str, Tally]) -> Iterator[Share]:
    for name, tally in tallies.items():
        cuts = rule.sources[name]
        samples = tally.samples
        patterns = {int(pattern): number for pattern, number in tally.patterns.items()}
        means = expected(cuts, patterns)[:-1]
        possible = math.fsum(means)
        total = math.fsum(cuts.terms.weights)
        for at, role in enumerate(cuts.terms.roles):
            share = means[at] / possible if possible else 0.0
            margin = 0.0 if mixture.exact or not samples else _SIGMAS * math.sqrt(share * (1 - share) / samples)
            yield Share(
                within=name,
                name=role,
                asked=cuts.terms.weights[at] / total,
                possible=share,
                got=tally.roles[role] / samples if samples else 0.0,
                samples=tally.roles[role],
                margin=margin,
            )


def _repeats(cuts: SourceCuts, tally: Tally) -> dict[str, float]:
    """How often a pair trains on average, by score interval."""
    names = cuts.terms.bins.names
    return {names[int(at)]: tally.copies[at] / number for at, number in sorted(tally.bins.items()) if number}
