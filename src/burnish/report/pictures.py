"""Thumbnails of some pairs of an output, as data URIs: found in its shards, decoded in a bounded child, made anew.

No byte of a stranger's image gets onto the page: what is shown is pixels that Pillow has encoded. What would take too
long to find is left out, and said.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

import xxhash

from burnish.errors import UsageError, VerifyError
from burnish.images import Decoders, Limits
from burnish.protocols import Picking, Seeking, Store
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.storage.layout import shard_of_records
from burnish.storage.places import locate
from burnish.stores import open_store, sniffed
from burnish.values import Pair, Picture, Shard

SIDE_PX = 224
MAX_BYTES = 9_000
"""Of one encoded thumbnail: 250 of them stay below 3 MB of base64."""
QUALITIES = (70, 50, 30, 12)
MAX_MEMBERS = 6_000_000
"""Members of tars that are passed over, about 3 us each while the shards are in memory."""
MAX_READ_BYTES = 4 << 30
"""Of shards that have to be read from their beginning to find a picture."""
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture, `width` and `height` in pixels."""

    uri: str
    width: int
    height: int


@dataclass(slots=True)
class _Wanted:
    """Pictures of one shard: row -> (name, digest)."""

    shard: Shard
    file: int
    rows: dict[int, tuple[str, str]]


def thumbnails(run: Run, rows: Mapping[Place, Mapping[str, Any]]) -> tuple[dict[Place, Thumbnail], str]:
    """Those that could be found, and why others could not ("" if all were)."""
    if locate(run.path).fs is not None:
        return {}, "pictures of an output on an object store are not fetched for its report"
    try:
        form = sniffed(run.path)
        store = open_store(run.path, form)
        shards = {shard.name: shard for shard in store.shards()}
    except UsageError as error:
        return {}, str(error).splitlines()[0]
    found: dict[Place, Thumbnail] = {}
    with closing(Decoders(Limits(), SIDE_PX, 1)) as decoder:
        waiting: list[tuple[Place, bytes]] = []
        for place, data in _images(store, _by_shard(run, rows, shards)):
            waiting.append((place, data))
            if len(waiting) == _AT_ONCE:
                found |= _made(waiting, decoder)
                waiting = []
        found |= _made(waiting, decoder)
    missing = len(rows) - len(found)
    return found, f"{missing:,} pictures were not found, or too far back in large shards" if missing else ""


def _by_shard(run: Run, rows: Mapping[Place, Mapping[str, Any]], shards: Mapping[str, Shard]) -> list[_Wanted]:
    """Shards of which most is wanted first."""
    wanted: dict[str, _Wanted] = {}
    for (file, number), row in rows.items():
        name = shard_of_records(run.records[file])
        if name in shards:
            entry = wanted.setdefault(name, _Wanted(shards[name], file, {}))
            entry.rows[number] = (str(row["image_name"]), str(row["image_xxh128"]))
    return sorted(wanted.values(), key=lambda each: -len(each.rows))


def _images(store: Store, wanted: list[_Wanted]) -> Iterator[tuple[Place, bytes]]:
    members, left = MAX_MEMBERS, MAX_READ_BYTES
    for each in wanted:
        if isinstance(store, Picking) and store.can_pick(each.shard):
            most = min(members, each.shard.size // 1_024 + 1)
            members -= most
            yield from _picked(store, each, most)
        elif each.shard.size <= left:
            left -= each.shard.size
            yield from (((each.file, row), data) for row, data in images_of(store, each.shard, each.rows))


def _picked(store: Picking, wanted: _Wanted, most: int) -> Iterator[tuple[Place, bytes]]:
    open_ = dict(wanted.rows)
    names = {name for name, _ in open_.values()}
    for _, data in store.pick(wanted.shard, names, most):
        digest = xxhash.xxh3_128_hexdigest(data)
        for row in [row for row, (_, wants) in open_.items() if wants == digest]:
            del open_[row]
            yield (wanted.file, row), data
        if not open_:
            return


def images_of(store: Store, shard: Shard, rows: Mapping[int, tuple[str, str]]) -> Iterator[tuple[int, bytes]]:
    """(row, bytes) of the images of some `rows` of a shard's records, each with its image's name and digest. What is
    not there, or not with these bytes, is left out.
    """
    found = _sought(store, shard, rows) if isinstance(store, Seeking) else _in_order(store, shard, max(rows))
    for row, data in found:
        if row in rows and xxhash.xxh3_128_hexdigest(data) == rows[row][1]:
            yield row, data


def _sought(store: Seeking, shard: Shard, rows: Mapping[int, tuple[str, str]]) -> Iterator[tuple[int, bytes]]:
    with suppress(VerifyError):  # what a damaged shard no longer shows is missing, and said to be
        yield from store.images_of(shard, {row: name for row, (name, _) in rows.items()})


def _in_order(store: Store, shard: Shard, last: int) -> Iterator[tuple[int, bytes]]:
    """The pairs of a shard are the rows of its records, in order."""
    pairs = (item for item in store.read(shard) if isinstance(item, Pair))
    return ((row, pair.image) for row, pair in enumerate(islice(pairs, last + 1)))


def _made(waiting: list[tuple[Place, bytes]], decoder: Decoders) -> dict[Place, Thumbnail]:
    if not waiting:
        return {}
    decoder.submit([data for _, data in waiting])
    pictures = decoder.collect()
    return {
        place: _encoded(picture)
        for (place, _), picture in zip(waiting, pictures, strict=True)
        if isinstance(picture, Picture)
    }


def _encoded(picture: Picture) -> Thumbnail:
    height, width = picture.rgb.shape[:2]
    data = webp(picture, MAX_BYTES)
    return Thumbnail(f"data:image/webp;base64,{base64.b64encode(data).decode()}", width, height)


def webp(picture: Picture, most_bytes: int) -> bytes:
    """The pixels encoded anew, in so many bytes if any quality of `QUALITIES` can do it."""
    from PIL import Image

    image = Image.fromarray(picture.rgb)
    data = b""
    for quality in QUALITIES:
        sink = io.BytesIO()
        image.save(sink, "WEBP", quality=quality, method=4)
        data = sink.getvalue()
        if len(data) <= most_bytes:
            break
    return data
