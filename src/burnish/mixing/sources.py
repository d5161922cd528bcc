"""Where a mixture's pairs come from: outputs of burnish, whose records know every caption, or any source of pairs.

An output is read twice at most: its records alone (texts and scores, no images) to count, its shards to write. The two
are held against each other pair by pair. Other sources have the captions that `burnish.columns.earlier` finds in them:
for plain pairs one, with the role "alt".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import xxhash

from burnish import records
from burnish.columns import earlier
from burnish.errors import UsageError
from burnish.mixing.keeping import Keep, Keeper, seals
from burnish.mixing.mixture import Mixture
from burnish.storage.files import is_there
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
    `seal`: digest of the seal of the run that wrote them. `keep`: folders of passes that say which pairs may train;
    `kept`: one digest over their seals.
    """

    name: str
    group: str
    path: str
    form: str
    options: Mapping[str, str] = field(default_factory=dict)
    shards: tuple[Shard, ...] = ()
    recorded: frozenset[str] = frozenset()
    seal: str = ""
    keep: tuple[str, ...] = ()
    kept: str = ""

    def output_name(self, shard: Shard) -> str:
        """What `shard` is called in a training set: no two sources' shards share a name."""
        return f"{self.name}/{shard.name}"

    @property
    def digest(self) -> str:
        """Changes with what is drawn from it: its run's seal, its shards and what passes over the whole set say."""
        listed = "\n".join(f"{shard.name}\t{shard.size}" for shard in self.shards)
        kept = f"\n{self.kept}" if self.kept else ""
        return hashlib.sha256(f"{self.seal}\n{listed}{kept}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of a pair without its image: enough to decide. `chosen` is an index into `captions`. `keep`: what
    passes over the whole set say of it.
    """

    key: str
    image_xxh128: str
    captions: tuple[Caption, ...]
    chosen: int
    keep: tuple[Keep, ...] = ()


def opened(mixture: Mixture) -> tuple[Source, ...]:
    """All sources of `mixture`, listed. Raises `UsageError` for one that is not there or whose run has not finished."""
    return tuple(
        replace(
            open_source(name, rule.path, rule.store, rule.store_options),
            group=group,
            keep=rule.keep,
            kept=seals(rule.keep, name),
        )
        for group, name, rule in mixture.entries()
    )


def open_source(name: str, path: str, store: str = "", options: Mapping[str, str] | None = None) -> Source:
    """The source at `path`, listed. Raises as `opened`."""
    options = options or {}
    form = store or sniffed(path)
    shards = tuple(open_store(path, form, options).shards())
    recorded, seal = _recorded(path, shards)
    return Source(
        name=name,
        group="",
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
        if not is_there(files, PLAN):
            return frozenset(), ""
        if not is_there(files, SEAL):
            raise UsageError(f"the run into {files.shown} has not finished.\nRun its command again, then mix.")
        names = frozenset(shard.name for shard in shards if is_there(files, records_name(shard.name)))
        return names, hashlib.sha256(files.read(SEAL)).hexdigest()


def entries(source: Source, shard: Shard) -> Iterator[Entry]:
    """What is known of the pairs of a shard, in order; from its records if there are any, so that no image is read."""
    keeper = Keeper(source.keep, source.name, shard)
    if shard.name in source.recorded:
        files = open_files(source.path)
        with stopping("read", files.shown), files.open(records_name(shard.name)) as file:
            for row in records.rows(file):
                yield Entry(
                    key=row["key"],
                    image_xxh128=row["image_xxh128"],
                    captions=records.captions(row),
                    chosen=row["chosen"],
                    keep=keeper.next(row["key"], row["image_xxh128"]),
                )
        return
    for item in items(source, shard):
        if isinstance(item, Pair):
            yield _found(item, keeper)


def items(source: Source, shard: Shard) -> Iterator[Item]:
    """Everything in a shard, in order."""
    yield from open_store(source.path, source.form, source.options).read(shard)


def known(source: Source, shard: Shard) -> Iterator[tuple[Item, Entry | None]]:
    """Everything in a shard, each pair with what is known of it.

    Raises `UsageError` if pairs and records are not of the same run: a file was changed since.
    """
    rows = entries(source, shard) if shard.name in source.recorded else None
    keeper = Keeper(source.keep if rows is None else (), source.name, shard)
    for item in items(source, shard):
        if not isinstance(item, Pair):
            yield item, None
            continue
        entry = _found(item, keeper) if rows is None else next(rows, None)
        if entry is None or entry.image_xxh128 != xxhash.xxh3_128_hexdigest(item.image):
            raise _changed(source, shard, item.key)
        yield item, entry
    if rows is not None and next(rows, None) is not None:
        raise _changed(source, shard, "its end")


def _found(pair: Pair, keeper: Keeper) -> Entry:
    captions, chosen = earlier(pair)
    key, image_xxh128 = storable(pair.key)[0], xxhash.xxh3_128_hexdigest(pair.image)
    return Entry(
        key=key,
        image_xxh128=image_xxh128,
        captions=captions,
        chosen=chosen,
        keep=keeper.next(key, image_xxh128),
    )


def _changed(source: Source, shard: Shard, where: str) -> UsageError:
    return UsageError(
        f"{redact(source.path)}: {shard.name} and its records do not agree at {where!r}.\n"
        f"It was changed after the run that wrote it; see: burnish verify {redact(source.path)}"
    )
