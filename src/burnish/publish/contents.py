"""What belongs to an output that is to be sent or fetched: every file with its digest, in the order of its becoming."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from burnish.errors import VerifyError
from burnish.storage.files import Files
from burnish.storage.journal import FileEntry, Journal, ShardRecord
from burnish.storage.layout import (
    CACHES,
    COMMITTING,
    HIDDEN,
    HOLDER,
    JOURNAL,
    LOCK,
    PLAN,
    PUSHED,
    QUARANTINE,
    RECORDS,
    SEAL,
    is_temp,
    shard_of,
)
from burnish.storage.ledger import Counts, LedgerError
from burnish.storage.run import journal_digest
from burnish.storage.sealed import DamagedError, unseal
from burnish.values import Json

_OF_A_RUN: Final = {SEAL, LOCK, HOLDER, COMMITTING, PUSHED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One file: its digest, and its bytes if they are at hand, else None: they lie in the output."""

    entry: FileEntry
    data: bytes | None = None

    @property
    def name(self) -> str:
        """Its name below the output's root."""
        return self.entry.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """`data` are the files that journal records speak of, `journal` those records by file name, `run` the run-level
    files under the seal. `seal` is b"" if the run, or a retry after it, has not finished: then `run` is the plan alone.
    """

    data: tuple[FileEntry, ...]
    records: tuple[ShardRecord, ...]
    journal: Mapping[str, bytes]
    run: Mapping[str, bytes]
    seal: bytes
    counts: Counts

    @property
    def shards(self) -> list[str]:
        """Names of the committed shards' main files, as loaders see them."""
        return sorted(record.shard for record in self.records)


def parcel(name: str, data: bytes) -> Parcel:
    """A file whose bytes are at hand."""
    entry = FileEntry(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
    return Parcel(entry=entry, data=data)


def contents(files: Files, *, unfinished: bool = False) -> Contents:
    """What the output `files` holds, by its own journal and seal. Raises `VerifyError` if those do not agree or name
    what no output has, ``FileNotFoundError`` if there is no plan, other `OSError`s if it cannot be read.

    If it may be `unfinished`, a seal over another journal counts for none: a retry was stopped since.
    """
    raw = Journal(files).raw()
    records = tuple(_record(name, data) for name, data in raw.items())
    counts = sum((record.counts for record in records), Counts())
    run = {PLAN: files.read(PLAN)}
    seal = _seal(files)
    sealed = _unsealed(files, seal) if seal else {}
    if unfinished and sealed.get("journal_sha256") != journal_digest(raw):
        seal = b""
    if seal:
        run |= _run(files, sealed, raw, counts)
    data: dict[str, FileEntry] = {}
    for record in records:
        for entry in record.files:
            if data.setdefault(entry.name, entry) != entry:
                raise _wrong(files, f"{entry.name} is recorded for two shards with different bytes")
    if set(data) & set(run):
        raise _wrong(files, f"{min(set(data) & set(run))} is in a shard and above all shards")
    return Contents(
        data=tuple(entry for _, entry in sorted(data.items())),
        records=records,
        journal=raw,
        run=run,
        seal=seal,
        counts=counts,
    )


def journal_parcels(found: Contents) -> Iterator[Parcel]:
    """The journal's records."""
    return (parcel(name, data) for name, data in sorted(found.journal.items()))


def _seal(files: Files) -> bytes:
    try:
        return files.read(SEAL)
    except FileNotFoundError:
        return b""


def _unsealed(files: Files, seal: bytes) -> Mapping[str, Json]:
    try:
        return unseal(seal)
    except DamagedError as error:
        raise _wrong(files, f"{SEAL} is damaged: {error}") from error


def _run(files: Files, sealed: Mapping[str, Json], raw: Mapping[str, bytes], counts: Counts) -> dict[str, bytes]:
    """The run-level files that the seal lists, each as it says."""
    match sealed:
        case {"format": 1, "files": list(rows), "journal_sha256": str(digest), "counts": dict(sums)}:
            entries = _entries(files, rows)
        case _:
            raise _wrong(files, f"{SEAL} is not of this version")
    if digest != journal_digest(raw) or sums != counts.as_json():
        raise _wrong(files, "the journal is not the one that was sealed")
    run: dict[str, bytes] = {}
    for entry in entries:
        if not _may_be(entry.name) or entry.name.startswith(f"{JOURNAL}/"):
            raise _wrong(files, f"{entry.name!r} is no file of an output")
        try:
            run[entry.name] = files.read(entry.name)
        except FileNotFoundError as error:
            raise _wrong(files, f"{entry.name} was sealed and is not there") from error
        if hashlib.sha256(run[entry.name]).hexdigest() != entry.sha256:
            raise _wrong(files, f"{entry.name} has other bytes than were sealed")
    return run


def _entries(files: Files, rows: Iterable[object]) -> list[FileEntry]:
    try:
        return [FileEntry.from_json(row) for row in rows]  # type: ignore[arg-type]
    except ValueError as error:
        raise _wrong(files, f"{SEAL}: {error}") from error


def _record(name: str, data: bytes) -> ShardRecord:
    """A record that may be trusted with names: an output that comes from elsewhere must lead nowhere else."""
    try:
        record = ShardRecord.from_bytes(data)
        record.counts.check()
    except (DamagedError, LedgerError) as error:
        raise VerifyError(f"{name} is damaged: {str(error).splitlines()[0]}.\nSee: burnish verify") from error
    if record.shard != shard_of(name):
        raise VerifyError(f"{name} is the record of {record.shard!r}.\nSee: burnish verify")
    for entry in record.files:
        hidden = entry.name.startswith(f"{HIDDEN}/")
        if not _may_be(entry.name) or (hidden and not entry.name.startswith((f"{RECORDS}/", f"{QUARANTINE}/"))):
            raise VerifyError(f"{name} names {entry.name!r}, which is no file of a shard.\nNothing was fetched.")
    return record


def _may_be(name: str) -> bool:
    """Whether `name` is a plain path below an output's root, and not one that only a run may write."""
    parts = name.split("/")
    plain = "\0" not in name and "\\" not in name and all(part not in {"", ".", ".."} for part in parts)
    return plain and not is_temp(name) and name not in _OF_A_RUN and not name.startswith(tuple(f"{c}/" for c in CACHES))


def _wrong(files: Files, what: str) -> VerifyError:
    return VerifyError(f"{files.shown}: {what}.\nSee: burnish verify {files.shown}")
