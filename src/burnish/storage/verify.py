"""`burnish verify`: every byte of an output against what was committed, and the ledger's equation again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from burnish.errors import UsageError
from burnish.storage.commit import digest_of
from burnish.storage.files import Files
from burnish.storage.journal import FileEntry, Journal, ShardRecord
from burnish.storage.layout import (
    ANSWERS,
    BESIDE,
    COMMITTING,
    HOLDER,
    LOCK,
    OF_THE_RUN,
    PLAN,
    REVIEW,
    SEAL,
    is_temp,
    shard_of,
)
from burnish.storage.ledger import Counts, LedgerError
from burnish.storage.opening import open_files
from burnish.storage.plan_file import read_plan
from burnish.storage.run import journal_digest
from burnish.storage.sealed import DamagedError, unseal
from burnish.storage.stopping import stopping

AGAIN = "run the same command again"
"""How every difference ends that a run mends by going on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something in an output that is not as it was committed. `name` is the file, `what` a sentence without it."""

    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"

    @property
    def unfinished(self) -> bool:
        """Whether going on with the run mends it."""
        return self.what.endswith(AGAIN)


def verify(out: str) -> list[Difference]:
    """Compare the output folder or URL `out` with its own records; empty means every byte is as committed.

    Reads everything, changes nothing. Raises `UsageError` if `out` is no output of burnish, `StopError` if it cannot
    be read.
    """
    files = open_files(out)
    with stopping("read", files.shown):
        sizes = dict(files.sizes())
        if PLAN not in sizes and not Journal(files).raw():
            raise UsageError(f"{files.shown} is not an output of burnish.\nGive the folder that was named with -o.")
        return sorted(_differences(files, sizes), key=lambda d: (d.name, d.what))


def _differences(files: Files, sizes: dict[str, int]) -> Iterator[Difference]:
    raw = Journal(files).raw()
    records: list[ShardRecord] = []
    for name, data in raw.items():
        try:
            record = ShardRecord.from_bytes(data)
        except DamagedError as error:
            yield Difference(name=name, what=f"damaged: {error}")
            continue
        if record.shard != shard_of(name):
            yield Difference(name=name, what=f"is the record of {record.shard}")
        records.append(record)
    yield from _plan(files)
    entries, seal_faults = _seal(files, raw, records)
    yield from seal_faults
    yield from _ledger(records)
    # Without a seal that stands the run has not ended: what it writes at its end may be an earlier end's, or be there
    # already.
    sealed = not any(fault.unfinished for fault in seal_faults)
    listed = [entry for record in records for entry in record.files]
    yield from _files(files, sizes, [*listed, *entries] if sealed else listed)
    known = {entry.name for entry in (*listed, *entries)} | set(raw) | {PLAN, SEAL}
    yield from _unknown(sizes, known if sealed else known.union(OF_THE_RUN), sealed=sealed)


def _plan(files: Files) -> Iterator[Difference]:
    try:
        read_plan(files)
    except FileNotFoundError:
        yield Difference(name=PLAN, what="missing")
    except DamagedError as error:
        yield Difference(name=PLAN, what=f"damaged: {error}")


def _seal(
    files: Files, raw: Mapping[str, bytes], records: Iterable[ShardRecord]
) -> tuple[list[FileEntry], list[Difference]]:
    """The run-level files the seal lists, and what is wrong with the seal itself."""
    try:
        content = unseal(files.read(SEAL))
    except FileNotFoundError:
        return [], [Difference(name=SEAL, what=f"missing: the run has not finished; {AGAIN}")]
    except DamagedError as error:
        return [], [Difference(name=SEAL, what=f"damaged: {error}")]
    match content:
        case {"format": 1, "files": list(rows), "journal_sha256": str(digest), "counts": dict(counts)}:
            entries = [FileEntry.from_json(row) for row in rows]
        case _:
            return [], [Difference(name=SEAL, what="not a seal of this version")]
    faults = []
    if digest != journal_digest(raw):
        faults.append(Difference(name=SEAL, what=f"the journal was changed since, as by a stopped retry; {AGAIN}"))
    elif counts != sum((record.counts for record in records), Counts()).as_json():
        faults.append(Difference(name=SEAL, what="the counts are not the sum of the records"))
    return entries, faults


def _ledger(records: Iterable[ShardRecord]) -> Iterator[Difference]:
    for record in records:
        try:
            record.counts.check()
        except LedgerError as error:
            yield Difference(name=record.shard, what=str(error).splitlines()[0])


def _files(files: Files, sizes: Mapping[str, int], listed: list[FileEntry]) -> Iterator[Difference]:
    seen: dict[str, FileEntry] = {}
    present: list[FileEntry] = []
    for entry in listed:
        if entry.name in seen:
            if entry != seen[entry.name]:
                yield Difference(name=entry.name, what="recorded for two shards with different bytes")
        elif entry.name not in sizes:
            yield Difference(name=entry.name, what="missing")
        elif sizes[entry.name] != entry.size:
            yield Difference(name=entry.name, what=f"has {sizes[entry.name]:,} bytes, {entry.size:,} were committed")
        else:
            present.append(entry)
        seen.setdefault(entry.name, entry)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        digests = pool.map(lambda entry: digest_of(files, entry.name), present)
        for entry, digest in zip(present, digests, strict=True):
            if digest != entry.sha256:
                yield Difference(name=entry.name, what="has the right size but other bytes than were committed")


def _unknown(sizes: Mapping[str, int], known: set[str], *, sealed: bool) -> Iterator[Difference]:
    for name, size in sizes.items():
        if (
            name in known
            or name in BESIDE
            or name.startswith((f"{ANSWERS}/", f"{REVIEW}/"))
            or (name in {LOCK, COMMITTING} and size == 0)
        ):
            continue
        if name == HOLDER:
            yield Difference(name=name, what=f"a run is at work here, or was killed; {AGAIN}")
        elif is_temp(name):
            yield Difference(name=name, what=f"left by a run that was killed; {AGAIN}")
        elif not sealed:
            yield Difference(name=name, what=f"not committed, by a run that was killed or not by burnish; {AGAIN}")
        else:
            yield Difference(name=name, what="was not committed by burnish")
