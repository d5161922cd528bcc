"""Which of the captions that were made are taught: equally many of each kind or score, to the caption.

Who is in is drawn by hash of the pair, so that the order of shards and pairs does not matter. Among captions made in
several ways the ways take turns, so that one that always has a hold does not crowd out the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from sys import intern

import xxhash

from burnish.mixing.draws import draw
from burnish.negatives.lines import level


class _Why(IntEnum):
    """What a number is drawn for, apart from what mixtures draw."""

    CHOSEN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A caption that may be taught; `place` finds it again. `lot` orders captions: the same in every run, and not the
    same for two of a pair. Some 150 bytes, and all of a set are held at once.
    """

    place: int
    kind: str
    way: str
    score: float
    lot: int

    @classmethod
    def of(cls, place: int, who: int, what: tuple[str, str, str], score: float) -> Candidate:
        """`what`: kind, way and text."""
        kind, way, _ = what
        own = xxhash.xxh3_64_intdigest("\0".join(what).encode())
        lot = draw(who ^ own, _Why.CHOSEN)
        return cls(place=place, kind=intern(kind), way=intern(way), score=score, lot=lot)


def chosen(candidates: Iterable[Candidate], balance: str, most: int) -> tuple[frozenset[int], dict[str, int]]:
    """Places of those that are taught, and how many there were of each stratum before.

    `balance`: "kinds" and "scores" (whole numbers) take as many of each stratum as the smallest one that is there has;
    "none" takes all. `most`: at most so many in all, 0 for no limit; strata share it.
    """
    strata: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        strata[_stratum(candidate, balance)].append(candidate)
    each = _each({name: len(found) for name, found in strata.items()}, balance, most)
    taken = (one for name in sorted(strata) for one in _by_turns(strata[name])[: each[name]])
    return frozenset(one.place for one in taken), {name: len(found) for name, found in sorted(strata.items())}


def _stratum(candidate: Candidate, balance: str) -> str:
    if balance == "kinds":
        return candidate.kind
    return str(level(candidate.score)) if balance == "scores" else "all"


def _each(there: Mapping[str, int], balance: str, most: int) -> dict[str, int]:
    """How many of each stratum: equally many, and where `most` cannot be shared out evenly a few are left unused."""
    if not there:
        return {}
    even = min(there.values()) if balance != "none" else max(there.values())
    if most:
        even = min(even, most // len(there))
    return dict.fromkeys(there, even)


def _by_turns(found: Sequence[Candidate]) -> list[Candidate]:
    """In an order by lot in which the ways take turns."""
    seen: Counter[str] = Counter()
    turned = []
    for candidate in sorted(found, key=lambda each: (each.lot, each.place)):
        turned.append((seen[candidate.way], candidate.lot, candidate.place, candidate))
        seen[candidate.way] += 1
    return [candidate for *_, candidate in sorted(turned, key=lambda each: each[:3])]
