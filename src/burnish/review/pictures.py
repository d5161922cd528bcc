"""Pictures of single pairs, one after the other: found in their shards by their records, decoded in the bounded child,
made anew. Nothing that a client says becomes part of a path: it gives a row's number, and that row names its shard.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from burnish.errors import UsageError
from burnish.images import Decoder, Limits
from burnish.protocols import Picking, Store
from burnish.report.opened import Run
from burnish.report.pictures import MAX_MEMBERS, images_of, webp
from burnish.storage.layout import shard_of_records
from burnish.storage.stopping import stopping
from burnish.stores import open_store, sniffed
from burnish.values import Picture, Shard

SIDE_PX = 512
MAX_BYTES = 48_000
"""Of one encoded picture."""
_KEPT = 400
_SHARDS = 16
"""Tars whose members' places are remembered, some 2 MB each."""

Spans = Mapping[str, list[tuple[int, int]]]


class Pictures:
    """The pictures of one output. Several threads may ask; they wait for each other."""

    def __init__(self, run: Run) -> None:
        """Opens nothing yet."""
        self._run = run
        self._alone = threading.Lock()
        self._decoder = Decoder(Limits(), SIDE_PX)
        self._made: OrderedDict[tuple[int, int], bytes | None] = OrderedDict()
        self._spans: OrderedDict[str, Spans] = OrderedDict()
        self._opened: tuple[Store | None, Mapping[str, Shard]] | None = None

    def warm(self) -> None:
        """Find the shards and start the child before they are needed: 0.5 s that the first picture need not wait."""
        with self._alone:
            self._opened = self._opened or _opened(self._run)
            sample = Picture(rgb=np.zeros((2, 2, 3), np.uint8), width=2, height=2, format="WEBP", mode="RGB")
            self._decoder.decode_batch([webp(sample, MAX_BYTES)])

    def close(self) -> None:
        """End the child."""
        with self._alone:
            self._decoder.close()

    def get(self, row: Mapping[str, Any]) -> bytes | None:
        """The picture of a row of the index as WEBP; None if it is not found or cannot be decoded."""
        place = row["file"], row["line"]
        with self._alone:
            if place not in self._made:
                self._made[place] = self._make(row)
            self._made.move_to_end(place)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
            return self._made[place]

    def image(self, row: Mapping[str, Any]) -> bytes | None:
        """The image as it lies in its shard, for what is not shown; None if it is not found."""
        with self._alone:
            return self._image(row)

    def _make(self, row: Mapping[str, Any]) -> bytes | None:
        data = self._image(row)
        if data is None:
            return None
        (found,) = self._decoder.decode_batch([data])
        return webp(found, MAX_BYTES) if isinstance(found, Picture) else None

    def _image(self, row: Mapping[str, Any]) -> bytes | None:
        if self._opened is None:
            self._opened = _opened(self._run)
        store, shards = self._opened
        shard = shards.get(shard_of_records(self._run.records[row["file"]]))
        if store is None or shard is None:
            return None
        if isinstance(store, Picking) and store.can_pick(shard):
            return self._of_tar(store, shard, row)
        line = row["line"]
        return dict(images_of(store, shard, {line: (row["image_name"], row["image"])})).get(line)

    def _of_tar(self, store: Picking, shard: Shard, row: Mapping[str, Any]) -> bytes | None:
        spans = self._spans.get(shard.name)
        if spans is None:
            spans = self._spans[shard.name] = _by_name(store, shard)
        self._spans.move_to_end(shard.name)
        while len(self._spans) > _SHARDS:
            self._spans.popitem(last=False)
        for start, size in spans.get(row["image_name"].rpartition("/")[2], []):
            data = _read(shard.path, start, size)
            if xxhash.xxh3_128_hexdigest(data) == row["image"]:
                return data
        return None


def _opened(run: Run) -> tuple[Store | None, Mapping[str, Shard]]:
    try:
        store = open_store(run.path, sniffed(run.path))
    except UsageError:  # of no form that can be read again, or of two: texts can be reviewed all the same
        return None, {}
    return store, {shard.name: shard for shard in store.shards()}


def _by_name(store: Picking, shard: Shard) -> Spans:
    found: dict[str, list[tuple[int, int]]] = {}
    for name, start, size in store.spans(shard, MAX_MEMBERS):
        if not name.endswith((".json", ".txt")):
            found.setdefault(name.rpartition("/")[2], []).append((start, size))
    return found


def _read(path: str, start: int, size: int) -> bytes:
    with stopping("read", path):
        file = os.open(Path(path), os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.pread(file, size, start)
        finally:
            os.close(file)
