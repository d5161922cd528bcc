"""The pairs of a source with their pictures; what has none is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from burnish import images
from burnish.evals.cases import Missing
from burnish.stores import open_store
from burnish.values import Fault, Item, Pair, Picture

DECODED_AT_ONCE = 32


def items(source: str, limit: int) -> Iterator[Item]:
    """The first `limit` items of a source, in order."""
    store = open_store(source)
    found = (item for shard in store.shards() for item in store.read(shard))
    yield from islice(found, limit)


def pictured(found: Iterable[Item], side_px: int, missing: Missing) -> Iterator[tuple[Pair, Picture]]:
    """The pairs whose picture can be decoded; each one that cannot, and each damaged one, is `missing`."""
    stream = iter(found)
    with images.Decoder(images.Limits(), side_px) as decoder:
        while batch := list(islice(stream, DECODED_AT_ONCE)):
            missing.count += sum(isinstance(item, Fault) for item in batch)
            pairs = [item for item in batch if isinstance(item, Pair)]
            for pair, picture in zip(pairs, decoder.decode_batch([pair.image for pair in pairs]), strict=True):
                if isinstance(picture, Picture):
                    yield pair, picture
                else:
                    missing.count += 1
