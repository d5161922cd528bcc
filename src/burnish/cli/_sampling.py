"""A look at some pairs of a source, and from them how many there are."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import orjson

from burnish.protocols import Linked, Linking, Store
from burnish.values import Item, Pair, Shard

MAX_SHARDS = 8
MAX_READ_BYTES = 256_000_000
"""A sample is drawn from at most this much; reading it takes a second or two from a disk."""

_TAR_MEMBER_BYTES = 768
"""Header and mean padding of a tar member; a pair has three. Other forms spend less, the estimate says "about"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Items drawn, and what was learnt: `total` items in the source (`exact` if all were read), its bytes."""

    items: Sequence[Item]
    total: int
    exact: bool
    shards: int
    source_bytes: int


def draw(store: Store, count: int, seed: int) -> Sample:
    """`count` items at random: all shards if they are small, else up to `MAX_SHARDS` of them, none read beyond the cap.

    Items of a shard that is only partly read come from its beginning.
    """
    if isinstance(store, Linking):
        return _draw_linked(store, count, seed)
    shards = store.shards()
    source_bytes = sum(shard.size for shard in shards)
    rng = random.Random(seed)
    whole = source_bytes <= MAX_READ_BYTES
    picked = shards if whole else rng.sample(shards, min(MAX_SHARDS, len(shards)))
    kept: list[Item] = []
    seen, weight = 0, 0
    for item, cost in _items(store, picked, MAX_READ_BYTES // len(picked)):
        seen, weight = seen + 1, weight + cost
        if len(kept) < count:
            kept.append(item)
        elif (place := rng.randrange(seen)) < count:
            kept[place] = item
    total = seen if whole else max(seen, round(source_bytes / max(1.0, weight / max(1, seen))))
    return Sample(items=kept, total=total, exact=whole, shards=len(shards), source_bytes=source_bytes)


def _draw_linked(store: Linked, count: int, seed: int) -> Sample:
    """Rows at random, of which only those drawn are fetched; so the source's bytes are an estimate."""
    shards = store.shards()
    picked = shards if len(shards) <= MAX_SHARDS else random.Random(seed).sample(shards, MAX_SHARDS)
    rows = [row for shard in picked for row in store.rows(shard)]
    drawn = random.Random(seed).sample(rows, min(count, len(rows)))
    items, total = store.fetched(drawn), store.total()
    each = sum(len(item.image) for item in items if isinstance(item, Pair)) / max(1, len(items))
    exact = len(picked) == len(shards)
    return Sample(items=items, total=total, exact=exact, shards=len(shards), source_bytes=round(each * total))


def _items(store: Store, shards: Sequence[Shard], cap_bytes: int) -> Iterator[tuple[Item, int]]:
    for shard in shards:
        spent = 0
        for item in store.read(shard):
            cost = _bytes(item)
            spent += cost
            yield item, cost
            if spent > cap_bytes:
                break


def estimate_pairs(store: Store, look: int) -> int | None:
    """About how many items the source has, from the first `look` of its first shard."""
    if isinstance(store, Linking):
        return store.total()
    shards = store.shards()
    costs = [_bytes(item) for item in islice(store.read(shards[0]), look)]
    if not sum(costs):
        return None
    if len(costs) < look:
        return len(costs) * len(shards)
    return round(sum(shard.size for shard in shards) / (sum(costs) / len(costs)))


def _bytes(item: Item) -> int:
    """About what an item takes in its shard."""
    if not isinstance(item, Pair):
        return max(1, item.stop - item.start)
    text = len(item.text.encode("utf-8", "surrogatepass"))
    return len(item.image) + text + len(orjson.dumps(_size_only(item))) + 3 * _TAR_MEMBER_BYTES


def _size_only(pair: Pair) -> dict[str, str]:
    return {key: ascii(value) for key, value in pair.fields.items()}
