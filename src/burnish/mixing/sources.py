"""Where a mixture's pairs come from: outputs of burnish, whose records know every caption, or any source of pairs.

An output is read twice at most: its records alone (texts and scores, no images) to count, its shards to write. The two
are held against each other pair by pair. Other sources have the captions that `burnish.columns.earlier` finds in them:
for plain pairs one, with the role "alt".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import xxhash

from burnish import records
from burnish.columns import earlier
from burnish.errors import UsageError
from burnish.mixing.mixture import Mixture
from burnish.storage.files import Files
from burnish.storage.layout import PLAN, SEAL, records_name
from burnish.storage.opening import open_files
from burnish.storage.places import locate
from burnish.storage.redact import redact
from burnish.storage.stopping import stopping
from burnish.stores import open_store, sniffed
from burnish.texts import storable
from burnish.values import Caption, Item, Pair, Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source of a mixture, opened: plain and picklable. `recorded`: names of the shards with records beside them;
    `seal`: digest of the seal of the run that wrote them.
    """

    name: str
    group: str
    path: str
    form: str
    options: Mapping[str, str] = field(default_factory=dict)
    shards: tuple[Shard, ...] = ()
    recorded: frozenset[str] = frozenset()
    seal: str = ""

    def output_name(self, shard: Shard) -> str:
        """What `shard` is called in a training set: no two sources' shards share a name."""
        return f"{self.name}/{shard.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of a pair without its image: enough to decide. `chosen` is an index into `captions`."""

    key: str
    image_xxh128: str
    captions: tuple[Caption, ...]
    chosen: int


def opened(mixture: Mixture) -> tuple[Source, ...]:
    """All sources of `mixture`, listed. Raises `UsageError` for one that is not there or whose run has not finished."""
    return tuple(
        _open(group, name, rule.path, rule.store, rule.store_options) for group, name, rule in mixture.entries()
    )


def _open(group: str, name: str, path: str, store: str, options: Mapping[str, str]) -> Source:
    form = store or sniffed(path)
    shards = tuple(open_store(path, form, options).shards())
    recorded, seal = _recorded(path, shards)
    return Source(
        name=name,
        group=group,
        path=path,
        form=form,
        options=dict(options),
        shards=shards,
        recorded=recorded,
        seal=seal,
    )


def _recorded(path: str, shards: Sequence[Shard]) -> tuple[frozenset[str], str]:
    """Names of shards with records, and the digest of the seal over them."""
    place = locate(path)
    if place.fs is None and not place.local.is_dir():
        return frozenset(), ""
    files = open_files(path)
    with stopping("read", files.shown):
        if not _is_there(files, PLAN):
            return frozenset(), ""
        if not _is_there(files, SEAL):
            raise UsageError(f"the run into {files.shown} has not finished.\nRun its command again, then mix.")
        names = frozenset(shard.name for shard in shards if _is_there(files, records_name(shard.name)))
        return names, hashlib.sha256(files.read(SEAL)).hexdigest()


def _is_there(files: Files, name: str) -> bool:
    with suppress(FileNotFoundError):
        files.size(name)
        return True
    return False


def entries(source: Source, shard: Shard) -> Iterator[Entry]:
    """What is known of the pairs of a shard, in order; from its records if there are any, so that no image is read."""
    if shard.name in source.recorded:
        files = open_files(source.path)
        with stopping("read", files.shown), files.open(records_name(shard.name)) as file:
            for row in records.rows(file):
                yield Entry(
                    key=row["key"],
                    image_xxh128=row["image_xxh128"],
                    captions=records.captions(row),
                    chosen=row["chosen"],
                )
        return
    for item in items(source, shard):
        if isinstance(item, Pair):
            yield _found(item)


def items(source: Source, shard: Shard) -> Iterator[Item]:
    """Everything in a shard, in order."""
    yield from open_store(source.path, source.form, source.options).read(shard)


def known(source: Source, shard: Shard) -> Iterator[tuple[Item, Entry | None]]:
    """Everything in a shard, each pair with what is known of it.

    Raises `UsageError` if pairs and records are not of the same run: a file was changed since.
    """
    rows = entries(source, shard) if shard.name in source.recorded else None
    for item in items(source, shard):
        if not isinstance(item, Pair):
            yield item, None
            continue
        entry = _found(item) if rows is None else next(rows, None)
        if entry is None or entry.image_xxh128 != xxhash.xxh3_128_hexdigest(item.image):
            raise _changed(source, shard, item.key)
        yield item, entry
    if rows is not None and next(rows, None) is not None:
        raise _changed(source, shard, "its end")


def _found(pair: Pair) -> Entry:
    captions, chosen = earlier(pair)
    return Entry(
        key=storable(pair.key)[0],
        image_xxh128=xxhash.xxh3_128_hexdigest(pair.image),
        captions=captions,
        chosen=chosen,
    )


def _changed(source: Source, shard: Shard, where: str) -> UsageError:
    return UsageError(
        f"{redact(source.path)}: {shard.name} and its records do not agree at {where!r}.\n"
        f"It was changed after the run that wrote it; see: burnish verify {redact(source.path)}"
    )
