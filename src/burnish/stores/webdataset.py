"""WebDataset tars as img2dataset and webdataset write them: ``KEY.jpg KEY.json KEY.txt`` in shards, plain or packed.

Written by the same rules: same shard names, keys and order of members, everything but ``.txt`` and ``.json`` to the
byte as it was found. What is read is checked to the last byte: each span of a shard is part of a pair, or a row says
why not.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Final

from burnish.errors import UsageError
from burnish.protocols import Outbox, Writer
from burnish.storage.sources import expand
from burnish.stores._tar.build import TEXT_FROM, Builder, Rules, fields_in
from burnish.stores._tar.group import Entry, Group, group
from burnish.stores._tar.payload import Payload
from burnish.stores._tar.picking import documents, pick, spans
from burnish.stores._tar.sides import SideTexts
from burnish.stores._tar.source import Source, open_source
from burnish.stores._tar.spans import End, Hole
from burnish.stores._tar.unpack import Limits, Unpacked
from burnish.stores._tar.writing import TarShardWriter
from burnish.values import Item, Json, Pair, Reason, Shard

SUFFIXES: Final = (".tar", ".tar.gz", ".tgz", ".tar.zst")
_FIRST_BYTES: Final = 64  # enough to tell an HTML page or a PNG from a shard in the quarantine's table


def sniff(source: str) -> bool:
    """Whether the source is, or holds, tar shards; by name only."""
    try:
        return all(shard.name.lower().endswith(SUFFIXES) for shard in expand(source, SUFFIXES))
    except UsageError:
        return False


class WebDatasetStore:
    """Pairs in tar shards. Options: `text` (where the text is taken from, first found wins, default
    ``txt,json.caption,json.text,parquet.caption``), `max_member_mb` (largest image, default 256), `max_unpacked_gb`
    (largest shard after unpacking, default 64).
    """

    option_names = ("text", "max_member_mb", "max_unpacked_gb")

    def __init__(self, source: str, options: Mapping[str, str] | None = None) -> None:
        """`source` is a folder, a file, a glob, a brace pattern or an fsspec URL. Raises `UsageError` on options."""
        self.source = source
        self.options: Mapping[str, str] = dict(options or {})
        unknown = sorted(self.options.keys() - set(self.option_names))
        if unknown:
            raise UsageError(f"webdataset has no option {unknown[0]!r}.\nIt has: {', '.join(self.option_names)}")
        self._text_from = _text_from(self.options.get("text", ",".join(TEXT_FROM)))
        self._max_member_bytes = _whole(self.options, "max_member_mb", 256) << 20
        self._limits = Limits(max_bytes=_whole(self.options, "max_unpacked_gb", 64) << 30)

    def shards(self) -> list[Shard]:
        """All shards, by name."""
        return expand(self.source, SUFFIXES)

    def read(self, shard: Shard) -> Iterator[Item]:
        """Pairs, faults and gaps in the order of their first bytes."""
        rules = Rules(side_text=SideTexts(shard), text_from=self._text_from, max_member_bytes=self._max_member_bytes)
        with open_source(shard, self._limits) as (source, unpacked):
            builder = Builder(source, (self.source, shard.name), rules)
            for entry in group(source):
                yield from _items(entry, source, builder)
            if unpacked is not None and unpacked.reason is not None:
                yield _unpacking(unpacked, builder)

    def can_pick(self, shard: Shard) -> bool:
        """Whether the shard is a tar on this machine as it is, not packed."""
        return shard.name.endswith(SUFFIXES[0]) and "://" not in shard.path

    def pick(self, shard: Shard, names: Container[str], most: int) -> Iterator[tuple[str, bytes]]:
        """Members by their names. Raises `UsageError` for a shard that is packed or not on this machine."""
        yield from pick(self._plain(shard), names, most)

    def spans(self, shard: Shard, most: int) -> Iterator[tuple[str, int, int]]:
        """Where its members lie. Raises `UsageError` as `pick` does."""
        yield from spans(self._plain(shard), most)

    def fields_of(self, shard: Shard, wanted: Callable[[str], bool]) -> Iterator[Mapping[str, Json]] | None:
        """From the json members alone; None for a shard that is packed or not on this machine."""
        if not self.can_pick(shard):
            return None
        every = (fields_in(document)[0] for document in documents(shard.path))
        return ({name: value for name, value in each.items() if wanted(name)} for each in every)

    def writer(self, shard: Shard, outbox: Outbox) -> Writer:
        """A writer for the records of `shard`."""
        return TarShardWriter(shard, outbox, partial(self._reopen, shard))

    def _plain(self, shard: Shard) -> str:
        if not self.can_pick(shard):
            raise UsageError(f"{shard.name} has to be read from its beginning: it is packed, or not on this machine.")
        return shard.path

    def _reopen(self, shard: Shard) -> AbstractContextManager[Source]:
        @contextmanager
        def opened() -> Iterator[Source]:
            with open_source(shard, self._limits) as (source, _):
                yield source

        return opened()


def member_of(pair: Pair, suffix: str) -> bytes | None:
    """What the first member of this suffix ("cls") says beside the image of a pair that this store has read; None if
    there is none, or if it was too large to travel with the pair.
    """
    parts = pair.payload.members if isinstance(pair.payload, Payload) else ()
    return next((part.body for part in parts if part.suffix == suffix), None)


def _items(entry: Entry, source: Source, builder: Builder) -> Iterator[Item]:
    if isinstance(entry, Group):
        yield from builder.group(entry)
    elif isinstance(entry, (Hole, End)) and entry.start == 0 and entry.stop == source.size:
        yield builder.whole_shard(Reason.NOT_A_TAR, "no tar header anywhere in it", _FIRST_BYTES)
    elif isinstance(entry, Hole):
        yield builder.gap(entry.reason, entry.detail, entry.start, entry.stop)
    elif isinstance(entry, End):
        detail = "no end-of-archive marker: the shard may have been cut here"
        yield builder.gap(Reason.TRUNCATED_MEMBER, detail, entry.start, entry.stop)
    else:
        yield builder.lone(entry)


def _unpacking(unpacked: Unpacked, builder: Builder) -> Item:
    assert unpacked.reason is not None
    if unpacked.reason is Reason.COMPRESSED_LIMIT:
        return builder.whole_shard(unpacked.reason, unpacked.detail, _FIRST_BYTES)
    return builder.gap(unpacked.reason, unpacked.detail, unpacked.size, unpacked.size)


def _text_from(value: str) -> tuple[str, ...]:
    places = tuple(place.strip() for place in value.split(","))
    for place in places:
        kind, dot, name = place.partition(".")
        if not (place == "txt" or (kind in ("json", "parquet") and dot and name)):
            raise UsageError(
                f"webdataset option text: {place!r} is no place for a text.\n"
                f"Give a list like {','.join(TEXT_FROM)}: txt, json.FIELD or parquet.COLUMN."
            )
    return places


def _whole(options: Mapping[str, str], name: str, default: int) -> int:
    value = options.get(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise UsageError(f"webdataset option {name}: {value!r} is not a whole number above 0.")
    return int(value)


STORE = WebDatasetStore
