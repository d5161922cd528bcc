"""A run beside another one: changed decisions, moved scores, the same pairs side by side.

Pairs are the same if key and image are; which shard they lie in does not matter. Of repeated ones the first is the
other run's first, the second its second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash

from burnish.report import drawing
from burnish.report.cards import Card
from burnish.report.cards import cards as cards_of
from burnish.report.measures import Histogram, Place
from burnish.report.opened import Run
from burnish.report.reading import DECISIONS, Batch, batches
from burnish.report.sections import Section
from burnish.values import Json

if TYPE_CHECKING:
    from numpy.typing import NDArray

EACH = 20
_STEP = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that no two multiples are the same number; far from every small difference of two digests."""


@dataclass(slots=True)
class _Seen:
    """What is kept of each pair of a run: 37 bytes."""

    ids: list[NDArray[np.uint64]] = field(default_factory=list)
    texts: list[NDArray[np.uint64]] = field(default_factory=list)
    decisions: list[NDArray[np.int8]] = field(default_factory=list)
    stands: list[NDArray[np.float64]] = field(default_factory=list)
    places: list[NDArray[np.int64]] = field(default_factory=list)
    histograms: dict[str, Histogram] = field(default_factory=dict)

    def take(self, batch: Batch) -> None:
        """Keep the rows of `batch`."""
        named = zip(batch.keys, batch.images, strict=True)
        self.ids.append(_digests(f"{key}\0{image}" for key, image in named))
        self.texts.append(_digests(batch.text.to_pylist()))
        self.decisions.append(batch.decision.astype(np.int8))
        self.stands.append(batch.stands[1])
        rows = batch.first + np.arange(batch.size)
        self.places.append(np.stack([np.full(batch.size, batch.file), rows], axis=1))
        for name in batch.criteria:
            self.histograms.setdefault(name, Histogram()).add(batch.scores(name)[1])

    def whole(self) -> tuple[NDArray[Any], ...]:
        """Identity, text, decision, standing and place of all pairs; none if there are none."""
        if not self.ids:
            return (np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.int8), np.zeros(0), np.zeros((0, 2)))
        kept: tuple[list[Any], ...] = (self.ids, self.texts, self.decisions, self.stands, self.places)
        return tuple(np.concatenate(each) for each in kept)


class Compare(Section):
    """See the module."""

    title = "Beside the other run"
    order = 15

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        self._here, self._there = _Seen(), _Seen()
        self._matrix = np.zeros((len(DECISIONS), len(DECISIONS)), np.int64)
        self._common = self._texts = self._decided = 0
        self._only = (0, 0)
        self._pairs: list[tuple[Place, Place]] = []
        self._cards: list[tuple[Card, Card]] = []

    def take(self, batch: Batch) -> None:
        """Keep what is compared."""
        if self.other is not None:
            self._here.take(batch)

    def wants(self) -> Iterable[Place]:
        """Pairs that both runs have and see differently."""
        if self.other is not None:
            for batch in batches(self.other):
                self._there.take(batch)
            self._match()
        return [here for here, _ in self._pairs]

    def _match(self) -> None:
        ids, texts, decisions, stands, places = self._here.whole()
        ids2, texts2, decisions2, stands2, places2 = self._there.whole()
        _, here, there = np.intersect1d(_each_once(ids), _each_once(ids2), assume_unique=True, return_indices=True)
        self._common = len(here)
        self._only = (len(ids) - len(here), len(ids2) - len(there))
        np.add.at(self._matrix, (decisions2[there], decisions[here]), 1)
        differ = texts[here] != texts2[there]
        decided = decisions[here] != decisions2[there]
        self._texts, self._decided = int(differ.sum()), int(decided.sum())
        apart = np.nan_to_num(np.abs(stands[here] - stands2[there]))
        # Other texts first, then other decisions, then scores that are far apart.
        order = np.lexsort((ids[here], -apart, ~decided, ~differ))
        seen = [at for at in order[: 2 * EACH] if differ[at] or decided[at] or apart[at] > 0][:EACH]
        self._pairs = [(_place(places[here[at]]), _place(places2[there[at]])) for at in seen]

    def finish(self, cards: Mapping[Place, Card]) -> None:
        """Put each pair beside its other self."""
        if self.other is None or not self._pairs:
            return
        found, _ = cards_of(self.other, [there for _, there in self._pairs], pictures=False)
        self._cards = [(cards[here], found[there]) for here, there in self._pairs]

    def figures(self) -> Mapping[str, Json]:
        """Counts of both, and what changed."""
        if self.other is None:
            return {}
        return {
            "here": self.run.counts.as_json(),
            "there": self.other.counts.as_json(),
            "common": self._common,
            "only_here": self._only[0],
            "only_there": self._only[1],
            "other_text": self._texts,
            "other_decision": self._decided,
            "decisions": {
                was: {now: int(self._matrix[i, j]) for j, now in enumerate(DECISIONS)}
                for i, was in enumerate(DECISIONS)
            },
        }

    def warnings(self) -> Iterator[str]:
        """Whether scores can be compared at all."""
        if self.other is not None and self.run.model != self.other.model:
            yield "the two runs used different models: their scores do not compare"

    def lines(self) -> Iterator[str]:
        """What changed, and between which decisions."""
        if self.other is None:
            return
        yield f"  {self._common:,} pairs in both, {self._only[0]:,} only here, {self._only[1]:,} only there"
        yield f"  other decision {self._decided:,}, other text {self._texts:,}"
        moved = [
            (int(self._matrix[i, j]), i, j) for i in range(len(DECISIONS)) for j in range(len(DECISIONS)) if i != j
        ]
        for number, i, j in sorted(moved, reverse=True)[:5]:
            if number:
                yield f"    {DECISIONS[i]} there, {DECISIONS[j]} here: {number:,}"

    def view(self) -> Mapping[str, Any]:
        """Counts, decisions as a matrix, scores over each other, pairs side by side."""
        if self.other is None:
            return {}
        names = [name for name in self._here.histograms if name in self._there.histograms]
        shown = [name for name in names if self._here.histograms[name].count]
        return {
            "here": self.run,
            "there": self.other,
            "told": self.figures(),
            "rows": [
                (n, getattr(self.other.counts, n), getattr(self.run.counts, n)) for n in self.run.counts.as_json()
            ],
            "decisions": DECISIONS,
            "matrix": self._matrix.tolist(),
            "plots": [self._plot(name) for name in shown],
            "pairs": self._cards,
        }

    def _plot(self, name: str) -> dict[str, Any]:
        here, there = self._here.histograms[name], self._there.histograms[name]
        return {"name": name, "drawn": drawing.overlaid(there.bins, here.bins), "here": here.mean, "there": there.mean}


def _digests(texts: Iterable[str]) -> NDArray[np.uint64]:
    return np.fromiter((xxhash.xxh3_64_intdigest(text.encode()) for text in texts), np.uint64)


def _each_once(ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`ids` with the second, third, ... of the same told apart, the first as it is."""
    order = np.argsort(ids, kind="stable")
    new = np.diff(ids[order], prepend=~ids[order[:1]]) != 0
    starts = np.maximum.accumulate(np.where(new, np.arange(len(ids)), 0))
    often = np.empty(len(ids), np.uint64)
    often[order] = np.arange(len(ids)) - starts
    return ids + often * _STEP


def _place(row: NDArray[np.int64]) -> Place:
    return int(row[0]), int(row[1])


SECTION = Compare
