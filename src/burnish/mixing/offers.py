"""What a pair offers to its group: which roles it has usable captions of, and how often its score lets it train."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from burnish.mixing import draws
from burnish.mixing.choices import Missing, spread
from burnish.mixing.draws import Why
from burnish.mixing.keeping import Keep
from burnish.mixing.mixture import CHOSEN, GroupRule, SourceRule
from burnish.mixing.scores import ALL, Bins, Scores
from burnish.mixing.sources import Entry
from burnish.values import Caption

KEPT_OUT = 1 << 31
"""The pattern of a pair that a pass over the whole set leaves out: a bit that no role has."""

_MAY_TRAIN = frozenset({"", "accepted"})
"""What the verdict of a caption that may train begins with, notes ("accepted:reasked") left out. One that was refused,
outdone or missed its format may not, unless it was chosen.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A pair as the mixture sees it. `bin`: index of its score interval. `pattern`: bit i for role i."""

    who: int
    bin: int
    pattern: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules of one source, ready to use; plain and picklable. `weight`: the source's, its group's in it. `missing`
    has roles as indexes. `useful`: the bits of roles that can train; a pair with none of them never does.
    """

    seed: int
    weight: float
    roles: tuple[str, ...]
    weights: tuple[float, ...]
    missing: Missing
    accepts: tuple[Scores | None, ...]
    accept_bins: tuple[Bins, ...]
    scores: Scores | None
    bins: Bins
    useful: int

    @classmethod
    def of(cls, seed: int, group: GroupRule, source: SourceRule) -> Terms:
        """The terms of one source of `group`. Roles that are only fallbacks get a place with weight 0."""
        fallbacks = group.missing if isinstance(group.missing, tuple) else ()
        roles = tuple(dict.fromkeys((*group.roles, *fallbacks)))
        rules = [group.roles.get(role) for role in roles]
        accepts = tuple(rule.scores if rule else None for rule in rules)
        scores = source.scores or group.scores
        missing: Missing
        if isinstance(group.missing, tuple):
            missing = tuple(roles.index(role) for role in group.missing)
        else:
            missing = group.missing
        return cls(
            seed=seed,
            weight=group.weight * source.weight,
            roles=roles,
            weights=tuple(rule.weight if rule else 0.0 for rule in rules),
            missing=missing,
            accepts=accepts,
            accept_bins=tuple(given.table() if given else ALL for given in accepts),
            scores=scores,
            bins=scores.table() if scores else ALL,
            useful=sum(1 << at for at, role in enumerate(roles) if role in fallbacks or _weighs(group, role)),
        )

    def offer(self, entry: Entry) -> Offer:
        """What a pair offers."""
        who = draws.identity(self.seed, entry.key, entry.image_xxh128)
        if not kept(self.seed, entry.keep):
            return Offer(who=who, bin=self._bin(entry), pattern=KEPT_OUT)
        pattern = 0
        for at in range(len(self.roles)):
            if self.usable(entry, who, at):
                pattern |= 1 << at
        return Offer(who=who, bin=self._bin(entry), pattern=pattern)

    def usable(self, entry: Entry, who: int, role: int) -> tuple[Caption, ...]:
        """The captions of a role that may train: not empty, not refused, and let through by their score. If the weight
        of a score is a part, that part of the pairs is let through, drawn once for all turns.
        """
        found = captions_of(entry, self.roles[role])
        accept = self.accepts[role]
        if accept is None or not found:
            return found
        bins = self.accept_bins[role]
        drawn = draws.draw(who, Why.ACCEPT + role)
        return tuple(c for c in found if drawn < draws.cut_of(bins.weights[bins.find(accept.value(c))]))

    def may_train(self, entry: Entry, offer: Offer) -> tuple[Caption, ...]:
        """The captions of a pair that some draw lets train, each once, whichever roles it has: none if the pair's or
        the source's weight is 0. `offer` is what `entry` offers.
        """
        if not self.weight * self.bins.weights[offer.bin]:
            return ()
        roles = _open(self.weights, offer.pattern, self.missing)
        found = (caption for role in roles for caption in self.usable(entry, offer.who, role))
        return tuple({id(caption): caption for caption in found}.values())

    def _bin(self, entry: Entry) -> int:
        if self.scores is None:
            return 0
        found = captions_of(entry, self.scores.of)
        return self.bins.find(self.scores.value(found[0] if found else None))


@lru_cache(1 << 12)
def _open(weights: tuple[float, ...], pattern: int, missing: Missing) -> tuple[int, ...]:
    """The roles that may be drawn for a pattern."""
    return tuple(role for role, share in enumerate(spread(weights, pattern, missing)[:-1]) if share > 0)


def kept(seed: int, said: Iterable[Keep]) -> bool:
    """Whether all passes that spoke of a pair let it train. Drawn for the whole group, so that the parts of its members
    do not overlap.
    """
    for keep in said:
        drawn = draws.draw(draws.identity(seed, keep.group, ""), Why.KEEP)
        if not draws.cut_of(keep.start) <= drawn < draws.cut_of(keep.start + keep.share):
            return False
    return True


def _weighs(group: GroupRule, role: str) -> bool:
    return role in group.roles and group.roles[role].weight > 0


def captions_of(entry: Entry, role: str) -> tuple[Caption, ...]:
    """The captions of a pair with a role, in order, without empty and refused ones."""
    chosen = entry.captions[entry.chosen]
    if role == CHOSEN:
        return (chosen,) if chosen.text.strip() else ()
    return tuple(
        caption
        for caption in entry.captions
        if caption.role == role and caption.text.strip() and (_accepted(caption) or caption is chosen)
    )


def _accepted(caption: Caption) -> bool:
    return caption.verdict.partition(":")[0] in _MAY_TRAIN
