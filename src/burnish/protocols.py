"""The roles: what a backend, a store, a writer and an ask must be able to do. No behaviour here."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

from burnish.values import Item, Json, Record, Reply, Request, Shard

if TYPE_CHECKING:
    from burnish.plan import Plan


class Backend(Protocol):
    """A model. Built once per worker from plain options; never pickled.

    `identity` names the model and a digest of everything that can change an answer; it is part of the plan's
    fingerprint. `side_px` is the longest image side it wants to see. One that cannot write what it sees says so by
    ``can_fuse = False``; a plan with `rewrite.fuse` then refuses it. So does a plan that wants captions one with
    ``can_caption = False``, one with `rewrite.claims` one that cannot judge a single claim, ``can_check = False``, and
    a recipe that rewrites one that gives scores only, ``can_rewrite = False``.
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


@runtime_checkable
class Linking(Protocol):
    """What else a store can do whose images lie elsewhere: they are fetched only if a plan allows it."""

    def fetching(self, plan: Plan) -> Store:
        """The store that fetches as `plan` says. Raises `UsageError` if it says not to."""
        ...

    def total(self) -> int:
        """How many rows there are."""
        ...

    def rows(self, shard: Shard) -> Iterator[Item]:
        """As `Store.read`, but nothing is fetched: pairs have no image bytes."""
        ...

    def fetched(self, rows: Sequence[Item]) -> list[Item]:
        """Some rows with their images, numbered from 0; for samples."""
        ...

    def release(self, names: Iterable[str]) -> None:
        """The shards of these names are committed: what was kept of them meanwhile may go."""
        ...


class Linked(Linking, Store, Protocol):
    """Both."""


@runtime_checkable
class Picking(Protocol):
    """What else a store can do that finds a few images without reading the rest of a shard."""

    def can_pick(self, shard: Shard) -> bool:
        """Whether `pick` and `spans` can look into this shard, or it has to be read from its beginning."""
        ...

    def pick(self, shard: Shard, names: Container[str], most: int) -> Iterator[tuple[str, bytes]]:
        """(name, bytes) of the images called so, after at most `most` steps of looking; in any order, none damaged."""
        ...

    def spans(self, shard: Shard, most: int) -> Iterator[tuple[str, int, int]]:
        """(name, first byte, size) of what `pick` would look at in the shard's file, after at most `most` steps."""
        ...


@runtime_checkable
class Telling(Protocol):
    """What else a store can do with shards that burnish has written: tell fields and read no image for it."""

    def fields_of(self, shard: Shard, wanted: Callable[[str], bool]) -> Iterator[Mapping[str, Json]] | None:
        """For each pair in order, those of its fields whose names are `wanted`. Of a damaged shard it ends early or
        raises `VerifyError`. None where the shard has to be read whole.
        """
        ...


@runtime_checkable
class Seeking(Protocol):
    """What else a store can do with shards that burnish has written: go to a few images and leave the rest alone."""

    def images_of(self, shard: Shard, rows: Mapping[int, str]) -> Iterator[tuple[int, bytes]]:
        """(number, bytes) of the images of the pairs with these numbers (from 0) and image names, in any order; what is
        not there is left out. That they are the right ones is for the caller to see. Raises `VerifyError` for a
        damaged shard.
        """
        ...
