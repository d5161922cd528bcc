"""The journal: one checksummed record a shard, written last. A shard is done when its record says so and is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from burnish.storage.files import Files, is_file
from burnish.storage.layout import JOURNAL, is_temp, record_name, shard_of
from burnish.storage.ledger import Counts
from burnish.storage.sealed import DamagedError, seal, unseal
from burnish.values import Json, Shard

_FORMAT = 1
_READERS = 16
"""Records are read this many at a time: on an object store each costs a round trip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A committed file: name below the output's root, size in bytes, SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str

    def as_json(self) -> dict[str, Json]:
        """The entry as it stands in a record."""
        return {"name": self.name, "size": self.size, "sha256": self.sha256}

    @classmethod
    def from_json(cls, row: Json) -> FileEntry:
        """The inverse of `as_json`. Raises `ValueError` for anything else."""
        match row:
            case {"name": str(name), "size": int(size), "sha256": str(sha256)}:
                return cls(name=name, size=size, sha256=sha256)
            case _:
                raise ValueError(f"not a file entry: {row!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardRecord:
    """What was committed for one shard. `size` and `tag` are the input shard's; `facts` are the caller's (plain JSON).

    Nothing in it depends on when, where or by which run it was written.
    """

    shard: str
    size: int
    tag: str
    files: tuple[FileEntry, ...]
    counts: Counts
    facts: Mapping[str, Json] = field(default_factory=dict)

    def of(self, shard: Shard) -> bool:
        """Whether the record was made from `shard` as it is now."""
        return (self.shard, self.size, self.tag) == (shard.name, shard.size, shard.tag)

    def to_bytes(self) -> bytes:
        """The record as it stands in the journal."""
        return seal(
            {
                "format": _FORMAT,
                "shard": {"name": self.shard, "size": self.size, "tag": self.tag},
                "files": [entry.as_json() for entry in self.files],
                "counts": self.counts.as_json(),
                "facts": dict(self.facts),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> ShardRecord:
        """The inverse of `to_bytes`. Raises `DamagedError` for any other bytes."""
        match unseal(data):
            case {
                "format": 1,
                "shard": {"name": str(name), "size": int(size), "tag": str(tag)},
                "files": list(files),
                "counts": dict(counts),
                "facts": dict(facts),
            }:
                try:
                    entries = tuple(FileEntry.from_json(row) for row in files)
                    tally = Counts.from_json(counts)
                except ValueError as error:
                    raise DamagedError(str(error)) from error
                return cls(shard=name, size=size, tag=tag, files=entries, counts=tally, facts=facts)
            case _:
                raise DamagedError("not a journal record of this version")


class Journal:
    """The records of one output."""

    def __init__(self, files: Files) -> None:
        """Nothing is read yet."""
        self._files = files

    def read(self, shard: str) -> ShardRecord | None:
        """The record of one shard; None if there is none or it is damaged."""
        try:
            record = ShardRecord.from_bytes(self._files.read(record_name(shard)))
        except (FileNotFoundError, DamagedError):
            return None
        return record if record.shard == shard else None

    def raw(self, shards: Iterable[str] = ()) -> dict[str, bytes]:
        """Every record's file name and bytes, unchecked, sorted by name.

        Those of `shards` are looked for by name too: a listing of an object store may lag behind what it holds, and
        still name what was removed.
        """
        listed = {name for name in self._files.sizes(JOURNAL) if not is_temp(name)}
        names = sorted(listed | set(map(record_name, shards)))
        with ThreadPoolExecutor(_READERS) as pool:
            found = zip(names, pool.map(self._read, names), strict=True)
            return {name: data for name, data in found if data is not None}

    def _read(self, name: str) -> bytes | None:
        try:
            return self._files.read(name)
        except FileNotFoundError:
            return None

    def records(self) -> dict[str, ShardRecord]:
        """All sound records by shard name, whether their files are there or not. Damaged ones are left out."""
        found: dict[str, ShardRecord] = {}
        for name, data in self.raw().items():
            try:
                record = ShardRecord.from_bytes(data)
            except DamagedError:
                continue
            if record.shard == shard_of(name):
                found[record.shard] = record
        return found

    def done(self) -> dict[str, ShardRecord]:
        """Records whose files are all there with the sizes they should have (content is `verify`'s business)."""
        records = self.records()
        sizes = self._files.sizes()
        return {
            shard: record
            for shard, record in records.items()
            # What a listing does not show may be there all the same: an object store's may lag behind.
            if all(sizes.get(e.name) == e.size or is_file(self._files, e.name, e.size) for e in record.files)
        }

    def is_done(self, shard: Shard) -> bool:
        """As `done`, for one shard, and made from `shard` as it is now."""
        record = self.read(shard.name)
        if record is None or not record.of(shard):
            return False
        return all(is_file(self._files, entry.name, entry.size) for entry in record.files)
