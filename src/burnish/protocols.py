"""The roles: what a backend, a store, a writer and an ask must be able to do. No behaviour here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, Protocol

from burnish.values import Item, Record, Reply, Request, Shard


class Backend(Protocol):
    """A model. Built once per worker from plain options; never pickled.

    `identity` names the model and a digest of everything that can change an answer; it is part of the plan's
    fingerprint. `side_px` is the longest image side it wants to see. One that cannot write what it sees says so by
    ``can_fuse = False``; a plan with `rewrite.fuse` then refuses it. So does a plan that wants captions one with
    ``can_caption = False``.
    """

    identity: str
    side_px: int

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request, same length and order, independent of what else is in the batch.

        A request that fails gives a `Failure`; an unusable environment raises `StopError`.
        """
        ...


class Ask(Protocol):
    """A question put to a model about a record. Pure: no model inside, no I/O."""

    name: str

    def requests(self, record: Record) -> list[Request]:
        """The requests this record needs; empty if it does not want this ask."""
        ...

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The record with the replies (same order as `requests`) taken in."""
        ...


class Outbox(Protocol):
    """Where a writer puts the files of one shard: nothing is visible under its final name before commit."""

    def create(self, name: str) -> BinaryIO:
        """A new file, `name` relative to the output root; written once, front to back, then closed."""
        ...


class Writer(Protocol):
    """Writes one shard in the store's form. Used as: put in order, finish once. Never skips a record."""

    def put(self, record: Record) -> None:
        """Append one record: image bytes and foreign content untouched, text = the chosen caption, our fields."""
        ...

    def finish(self) -> None:
        """Write what follows the last record (trailers, side files)."""
        ...


class Store(Protocol):
    """A form on disk, reader and writer together. Made for one source (path, pattern or URL)."""

    source: str
    options: Mapping[str, str]

    def shards(self) -> list[Shard]:
        """All shards in a fixed order. Raises `UsageError` if the source holds none."""
        ...

    def read(self, shard: Shard) -> Iterator[Item]:
        """Items of the shard in order, ordinals 0, 1, 2, ...; bounded memory. Pair faults are items; an unreadable
        environment raises `StopError`.
        """
        ...

    def writer(self, shard: Shard, outbox: Outbox) -> Writer:
        """A writer for records that came from `shard`. The source is still readable while writing."""
        ...
