"""From a mixture to what a proxy trains on: in every epoch exactly the samples that `MixedPairs` would give.

Texts and draws are all that is needed, so no image is read: of outputs of burnish the records, of other sources the
pairs. One `Reading` serves any number of mixtures of the same sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from burnish.errors import UsageError
from burnish.mixing.mixture import Mixture
from burnish.mixing.samples import Drawer
from burnish.mixing.sources import Entry, Source, entries, opened
from burnish.mixing.stream import rule_of
from burnish.proxy import Epoch
from burnish.values import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The pairs of a mixture's sources, without images: those of each shard by (source, shard)."""

    sources: tuple[Source, ...]
    entries: Mapping[tuple[str, str], tuple[Entry, ...]]

    def of(self, source: Source, shard: Shard) -> tuple[Entry, ...]:
        """The pairs of a shard, in order."""
        return self.entries[source.name, shard.name]

    def pairs(self) -> Iterator[tuple[Source, Entry]]:
        """All of them."""
        for source in self.sources:
            yield from ((source, entry) for shard in source.shards for entry in self.of(source, shard))


def read(mixture: Mixture) -> Reading:
    """Every pair of every source of `mixture`, in order; its weights and roles play no part."""
    sources = opened(mixture)
    found = {(source.name, shard.name): tuple(entries(source, shard)) for source in sources for shard in source.shards}
    return Reading(sources=sources, entries=found)


def epochs(mixture: Mixture, reading: Reading, rows: Mapping[str, int], count: int) -> tuple[Epoch, ...]:
    """The first `count` epochs of `mixture`; `rows` is a `Gallery`'s. Raises `UsageError` if a picture is not in it."""
    mixture = replace(mixture, exact=False)
    drawer = Drawer(mixture, rule_of(mixture, reading.sources, reading.of))
    return tuple(_epoch(drawer, reading, rows, mixture.epoch + number) for number in range(count))


def _epoch(drawer: Drawer, reading: Reading, rows: Mapping[str, int], epoch: int) -> Epoch:
    pictures: list[int] = []
    texts: list[str] = []
    for source, entry in reading.pairs():
        samples = drawer.draw(source, entry, epoch).samples
        if not samples:
            continue
        if entry.image_xxh128 not in rows:
            raise UsageError(f"the picture of {entry.key!r} in {source.name} was not looked at.")
        pictures += [rows[entry.image_xxh128]] * len(samples)
        texts += [sample.text for sample in samples]
    return Epoch(pictures=np.array(pictures, np.int64), texts=tuple(texts))


def shuffled(given: Sequence[Epoch], seed: int) -> tuple[Epoch, ...]:
    """The control: the same pictures and texts, every text with a picture drawn for it. What is learnt then is chance.

    All epochs share the draw by picture as far as their pictures agree, so that even a wrong pairing is a steady one.
    """
    return tuple(
        Epoch(pictures=epoch.pictures[np.random.default_rng(seed).permutation(len(epoch.texts))], texts=epoch.texts)
        for epoch in given
    )
