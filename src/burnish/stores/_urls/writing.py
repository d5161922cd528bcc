"""Fetched pairs as a shard in img2dataset's layout: ``KEY.jpg KEY.json KEY.txt``, images as they were served.

All images are called ``.jpg``, as img2dataset calls them: loaders want one ending for all, and decoders look inside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from burnish.columns import columns
from burnish.protocols import Outbox
from burnish.stores._strict_json import dumps
from burnish.stores._tar.pack import TarSink, pack_member
from burnish.texts import storable
from burnish.values import Json, Record, Shard


class UrlsWriter:
    """Writes one shard."""

    def __init__(self, shard: Shard, outbox: Outbox) -> None:
        """Creates the tar."""
        self._sink = TarSink(outbox.create(shard.name), shard.name)

    def put(self, record: Record) -> None:
        """Append the three members of one pair."""
        pair = record.pair
        fields = {**_sound(pair.fields), "key": pair.key, "status": "success", **columns(record)}
        self._sink.write(
            pack_member(pair.image_name, pair.image),
            pack_member(f"{pair.key}.json", dumps(fields).encode()),
            pack_member(f"{pair.key}.txt", storable(record.caption.text)[0].encode()),
        )

    def finish(self) -> None:
        """End the archive."""
        self._sink.close()


def _sound(fields: Mapping[str, Json]) -> dict[str, Json]:
    return {storable(name)[0]: _value(value) for name, value in fields.items()}


def _value(value: Json) -> Json:
    """A list's value as JSON can hold it: no lone surrogates, no NaN."""
    if isinstance(value, str):
        return storable(value)[0]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_value(inner) for inner in value]
    return _sound(value) if isinstance(value, dict) else value
