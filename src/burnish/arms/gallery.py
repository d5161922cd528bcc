"""The pictures of sources as a proxy sees them: looked at once, found again by the digest of the image file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xxhash

from burnish import images
from burnish.errors import UsageError
from burnish.proxy import Floats, Proxy
from burnish.stores import open_store
from burnish.values import Pair, Picture

DECODED_AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gallery:
    """`seen[rows[digest]]` is what the proxy knows of the image file with that digest (xxh3-128, hexadecimal)."""

    rows: Mapping[str, int]
    seen: Floats


def gallery(sources: Iterable[str], proxy: Proxy) -> Gallery:
    """Every different image file of `sources`. Raises `UsageError` for one that cannot be decoded: a picture that is
    only missing from some arms would make them unequal.
    """
    rows: dict[str, int] = {}
    with images.Decoder(images.Limits(), proxy.side_px) as decoder:
        seen = proxy.look(_pictures(_files(sources, rows), decoder))
    return Gallery(rows=rows, seen=seen)


def _files(sources: Iterable[str], rows: dict[str, int]) -> Iterator[tuple[str, bytes]]:
    """(where, image file) of each different image, in order; `rows` gets its digest."""
    for source in sources:
        store = open_store(source)
        for shard in store.shards():
            for item in store.read(shard):
                digest = xxhash.xxh3_128_hexdigest(item.image) if isinstance(item, Pair) else ""
                if isinstance(item, Pair) and digest not in rows:
                    rows[digest] = len(rows)
                    yield f"{item.key} in {source}", item.image


def _pictures(files: Iterator[tuple[str, bytes]], decoder: images.Decoder) -> Iterator[npt.NDArray[np.uint8]]:
    for batch in _batched(files, DECODED_AT_ONCE):
        for (where, _), found in zip(batch, decoder.decode_batch([image for _, image in batch]), strict=True):
            if not isinstance(found, Picture):
                raise UsageError(
                    f"the image of {where} cannot be decoded: {found.detail}.\n"
                    "Take an output of burnish: it holds no such image."
                )
            yield found.rgb


def _batched(stream: Iterator[tuple[str, bytes]], size: int) -> Iterator[list[tuple[str, bytes]]]:
    batch: list[tuple[str, bytes]] = []
    for each in stream:
        batch.append(each)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
