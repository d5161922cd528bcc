"""From a mixture to its rule: by probabilities alone, or from a census, then with exact counts if so asked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from burnish.errors import UsageError
from burnish.mixing import draws
from burnish.mixing.census import Census, Counted
from burnish.mixing.choices import apportioned, raked, spread
from burnish.mixing.draws import Why
from burnish.mixing.mixture import LevelRules, Mixture
from burnish.mixing.offers import Terms
from burnish.mixing.ranks import cuts, sortable, unsorted
from burnish.mixing.rule import Copies, Rule, SourceCuts
from burnish.mixing.scores import MOST

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def terms_of(mixture: Mixture) -> dict[str, Terms]:
    """The terms of each source by its name."""
    return {name: Terms.of(mixture.seed, mixture.groups[group], rule) for group, name, rule in mixture.entries()}


def needs_census(mixture: Mixture) -> bool:
    """Whether the rule depends on what is in the sources."""
    compensated = any(group.missing == "compensate" for group in mixture.groups.values())
    return mixture.exact or mixture.weights == "shares" or compensated or bool(mixture.levels.count)


def drawn(mixture: Mixture) -> Rule:
    """The rule without a census: repetitions and roles by probabilities."""
    sources = {name: _by_draws(name, terms, terms.weight, terms.weights) for name, terms in terms_of(mixture).items()}
    return Rule(epoch=mixture.epoch, sources=sources, edges=mixture.levels.edges)


def counted(mixture: Mixture, census: Census) -> Rule:
    """The rule for what a census found; with exact counts if the mixture wants them."""
    times = repetitions(mixture, census)
    sources = {one.source.name: _of_source(one, times[one.source.name]) for one in census.sources}
    if mixture.exact:
        sources = {one.source.name: _exact(one, sources[one.source.name], mixture) for one in census.sources}
    return Rule(epoch=mixture.epoch, sources=sources, edges=_edges(mixture.levels, census))


def repetitions(mixture: Mixture, census: Census) -> dict[str, float]:
    """How often a pair with score weight 1 trains, by source. Raises `UsageError` for a share of nothing."""
    if mixture.weights == "epochs":
        return {one.source.name: one.terms.weight for one in census.sources}
    shares = source_shares(mixture)
    mass = {one.source.name: _mass(one) for one in census.sources}
    for name, share in shares.items():
        if share > 0 and not mass[name]:
            raise _of_nothing(name, share, census.limit)
    size = mixture.size or math.floor(
        min(_most(one) / shares[one.source.name] for one in census.sources if shares[one.source.name])
    )
    return {name: share * size / mass[name] if mass[name] else 0.0 for name, share in shares.items()}


def _of_nothing(name: str, share: float, limit: int) -> UsageError:
    where, then = (f" among the first {limit:,} of all", "Raise the limit, or give") if limit else ("", "Give")
    return UsageError(
        f"{name} should give {share:.1%} of the samples but has no pair that may train{where}.\n{then} it weight 0."
    )


def source_shares(mixture: Mixture) -> dict[str, float]:
    """Shares of all sources under ``weights = "shares"``: the group's share, parted by the weights in the group."""
    total = math.fsum(group.weight for group in mixture.groups.values() if group.sources)
    shares: dict[str, float] = {}
    for group in mixture.groups.values():
        inner = math.fsum(source.weight for source in group.sources.values())
        for name, source in group.sources.items():
            shares[name] = group.weight / total * source.weight / inner if inner and total else 0.0
    return shares


def _mass(one: Counted) -> float:
    return math.fsum(number * one.terms.bins.weights[at] for at, number in one.bins.items())


def _most(one: Counted) -> float:
    """Samples of a source if no pair may train twice: its largest score weight counts as once."""
    top = max((one.terms.bins.weights[at] for at, number in one.bins.items() if number), default=0.0)
    return _mass(one) / top if top else 0.0


def _by_draws(name: str, terms: Terms, times: float, weights: Sequence[float]) -> SourceCuts:
    asked = tuple(times * weight for weight in terms.bins.weights)
    if max(asked) > MOST:
        raise UsageError(
            f"a pair of {name} would train {max(asked):.3g} times an epoch; {MOST:,} is the most.\n"
            "Lower its weights, or the size of the set."
        )
    return SourceCuts(terms=terms, asked=asked, copies=tuple(map(Copies.of, asked)), weights=tuple(weights))


def _of_source(one: Counted, times: float) -> SourceCuts:
    terms = one.terms
    weights = terms.weights
    if terms.missing == "compensate":
        weights = raked(weights, one.patterns)
    return _by_draws(one.source.name, terms, times, weights)


# --- exact counts ----------------------------------------------------------------------------------------------


def _exact(one: Counted, drawn: SourceCuts, mixture: Mixture) -> SourceCuts:
    """The same shares as counts: first of copies in each score interval, then of roles in each pattern."""
    copies = _exact_copies(one, drawn, mixture.epoch)
    units = _Units(counted=one, cuts=replace(drawn, copies=copies), epoch=mixture.epoch)
    patterns = units.patterns()
    weights = raked(one.terms.weights, patterns) if one.terms.missing == "compensate" else drawn.weights
    found: dict[int, tuple[int, ...]] = {}
    owed = [0.0] * (len(weights) + 1)
    for pattern, number in sorted(patterns.items()):
        shares = spread(weights, pattern, one.terms.missing)
        quotas, owed = apportioned(shares, number, owed)
        ends = [sum(quotas[: at + 1]) for at in range(len(weights))]
        found[pattern] = tuple(cuts(partial(units.role_draws, pattern), ends))
    return replace(units.cuts, weights=weights, cuts=found)


def _exact_copies(one: Counted, drawn: SourceCuts, epoch: int) -> tuple[Copies, ...]:
    """Copies by score interval so that the source as a whole has the rounded number."""
    pairs = one.bins
    wanted = [pairs[at] * times for at, times in enumerate(drawn.asked)]
    total = round(math.fsum(wanted))
    if not total:
        return tuple(Copies(whole=0, cut=0) for _ in wanted)
    quotas, _ = apportioned([want / math.fsum(wanted) for want in wanted], total, [0.0] * len(wanted))
    made = []
    for at, (quota, number) in enumerate(zip(quotas, (pairs[at] for at in range(len(wanted))), strict=True)):
        whole, more = divmod(quota, number) if number else (0, 0)
        cut = cuts(partial(_copy_draws, one, at, epoch), [more])[0] if more else 0
        made.append(Copies(whole=whole, cut=cut))
    return tuple(made)


def _copy_draws(one: Counted, at: int, epoch: int) -> Iterator[NDArray[np.uint64]]:
    for rows in one.rows():
        mine = (rows["bin"] == at) & useful(rows, one.terms)
        yield draws.draws(rows["who"][mine], Why.COPIES, epoch)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Units:
    """The samples of a source before their roles are known: pairs times copies."""

    counted: Counted
    cuts: SourceCuts
    epoch: int

    def patterns(self) -> Counter[int]:
        """How many samples there are of each pattern."""
        import numpy as np

        found: Counter[int] = Counter()
        for rows, times in self._pieces():
            values, inverse = np.unique(rows["pattern"], return_inverse=True)
            for value, number in zip(values, np.bincount(inverse, times), strict=True):
                found[int(value)] += int(number)
        return found

    def role_draws(self, pattern: int) -> Iterator[NDArray[np.uint64]]:
        """What the samples of a pattern draw for their role."""
        for rows, times in self._pieces():
            mine = rows["pattern"] == pattern
            who, left = rows["who"][mine], times[mine]
            for copy in range(int(left.max(initial=0))):
                yield draws.draws(who[left > copy], Why.ROLE, self.cuts.turn(self.epoch, copy))

    def _pieces(self) -> Iterator[tuple[NDArray[np.void], NDArray[np.int64]]]:
        for rows in self.counted.rows():
            yield rows, many_times(rows, self.cuts, self.epoch)


def many_times(rows: NDArray[np.void], cuts_: SourceCuts, epoch: int) -> NDArray[np.int64]:
    """`SourceCuts.times` for many pairs at once."""
    import numpy as np

    times = np.zeros(len(rows), np.int64)
    there = useful(rows, cuts_.terms)
    for at, copies in enumerate(cuts_.copies):
        mine = (rows["bin"] == at) & there
        times[mine] = copies.whole + draws.below(draws.draws(rows["who"][mine], Why.COPIES, epoch), copies.cut)
    return times


def useful(rows: NDArray[np.void], terms: Terms) -> NDArray[np.bool_]:
    """Which pairs have a caption that can train."""
    import numpy as np

    found: NDArray[np.bool_] = (rows["pattern"] & np.uint32(terms.useful)) != 0
    return found


def _edges(levels: LevelRules, census: Census) -> tuple[float, ...]:
    """The inner limits of the levels: given, or such that each level has as many captions, as far as ties allow."""
    if not levels.count:
        return levels.edges
    total = sum(len(piece) for piece in census.scores.read())
    ranks = [round(total * at / levels.count) for at in range(1, levels.count)]

    def pieces() -> Iterator[NDArray[np.uint64]]:
        for piece in census.scores.read():
            yield sortable(piece)  # type: ignore[arg-type]

    found = cuts(pieces, ranks) if total else []
    return tuple(sorted({unsorted(cut) for cut in found if cut < draws.RANGE}))


def expected(cuts_: SourceCuts, patterns: Mapping[int, int]) -> tuple[float, ...]:
    """How many samples of each role (last: left out) the patterns of that many samples lead to on average."""
    sums = [0.0] * (len(cuts_.weights) + 1)
    for pattern, number in patterns.items():
        for at, share in enumerate(spread(cuts_.weights, pattern, cuts_.terms.missing)):
            sums[at] += number * share
    return tuple(sums)
