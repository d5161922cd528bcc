"""The pairs of a source whose pictures can be decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from burnish import images
from burnish.stores import open_store
from burnish.values import Pair, Picture

DECODED_AT_ONCE = 32


def shown(source: str, side_px: int, wanted: Callable[[Pair], bool] = lambda _: True) -> Iterator[tuple[Pair, Picture]]:
    """Each wanted pair with its picture, in order; what is no pair or has no picture is passed over."""
    store = open_store(source)
    items = (item for shard in store.shards() for item in store.read(shard))
    pairs = (item for item in items if isinstance(item, Pair) and wanted(item))
    with images.Decoder(images.Limits(), side_px) as decoder:
        while batch := list(islice(pairs, DECODED_AT_ONCE)):
            decoded = decoder.decode_batch([pair.image for pair in batch])
            yield from ((pair, each) for pair, each in zip(batch, decoded, strict=True) if isinstance(each, Picture))
