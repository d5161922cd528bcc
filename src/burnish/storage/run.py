"""One run on one output folder: claimed by a plan, locked, swept, committed shard by shard, sealed at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from burnish.errors import StopError
from burnish.storage.commit import Commit
from burnish.storage.fence import Fence
from burnish.storage.files import Files, put_whole
from burnish.storage.journal import FileEntry, Journal, ShardRecord
from burnish.storage.layout import HIDDEN, HOLDER, JOURNAL, PLAN, QUARANTINE, SEAL, is_temp, new_run_id, record_name
from burnish.storage.ledger import Counts
from burnish.storage.lock import RunLock
from burnish.storage.opening import open_files
from burnish.storage.overlap import refuse_overlap
from burnish.storage.places import locate
from burnish.storage.plan_file import check_plan, write_plan
from burnish.storage.sealed import DamagedError, seal
from burnish.storage.stopping import stopping
from burnish.values import Json, Shard

_FOLDERS = (HIDDEN, JOURNAL, QUARANTINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """All a worker process needs to commit shards of a run: plain, picklable, no lock and no open file inside.

    `note`: what the run left when it took the lock, for workers that might outlive it (`Run.fenced`).
    """

    out: str
    run_id: str
    note: bytes = b""

    def commit(self, shard: Shard) -> Commit:
        """A commit for `shard`; use it in a ``with`` statement."""
        files = open_files(self.out)
        if not self.note:
            return Commit(files, self.run_id, shard)
        with stopping("read the journal of", files.shown):
            return Commit(files, self.run_id, shard, Fence(files, self.out, self.note, shard.name))


class Run:
    """A run that has its output to itself. Leave it with `close` or as a context manager."""

    def __init__(self, files: Files, lock: RunLock, ticket: Ticket) -> None:
        """Use `Run.open`."""
        self.files = files
        self.ticket = ticket
        self._lock = lock
        self._outlived = False

    @classmethod
    def open(cls, out: str, plan: Mapping[str, Json], *, source: str = "", files: Files | None = None) -> Self:
        """Claim `out` (local path or URL) for `plan`, lock it and remove what dead runs left.

        `source` is compared with `out`: they must be apart. `files` replaces the real ones of a local `out` (to record
        or to fail them). Raises `UsageError` (`PlanChanged`, overlap, in use, folder of someone else's) with nothing
        touched, `StopError` if the environment fails.
        """
        if source:
            refuse_overlap(source, out)
        files = files or open_files(out)
        with stopping("open", files.shown):
            check_plan(files, plan)
            files.make_folder("")
            for folder in _FOLDERS:
                files.make_folder(folder)
            files.sync_folder(HIDDEN)
            files.sync_folder("")
        lock = RunLock(files, locate(out))
        lock.acquire()
        run = cls(files, lock, Ticket(out=out, run_id=new_run_id()))
        try:
            run._claim(plan)
        except BaseException:
            run.close()
            raise
        return run

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def done(self, shard: Shard) -> bool:
        """Whether `shard`, as it is now, is committed and all of its files are there with their sizes."""
        with stopping("read the journal of", self.files.shown):
            return Journal(self.files).is_done(shard)

    def records(self) -> dict[str, ShardRecord]:
        """The records of all committed shards by shard name, files there with their sizes. One listing, read once."""
        with stopping("read the journal of", self.files.shown):
            return Journal(self.files).done()

    def commit(self, shard: Shard) -> Commit:
        """A commit for `shard` in this process; use it in a ``with`` statement."""
        return Commit(self.files, self.ticket.run_id, shard)

    def reopen(self) -> None:
        """Take the seal away before shards are added: from here until the next `seal` the output is unfinished."""
        with stopping("write to", self.files.shown), suppress(FileNotFoundError):
            self.files.remove(SEAL)
            self.files.sync_folder(HIDDEN)

    def fenced(self) -> Ticket:
        """The run's ticket for workers that this process cannot be sure to outlive."""
        self._outlived = True
        with stopping("read", self.files.shown):
            return replace(self.ticket, note=self.files.read(HOLDER))

    def seal(self, contents: Mapping[str, bytes], *, shards: Iterable[str] = ()) -> Counts:
        """Write the run-level files `contents` (name -> bytes), then the seal over them and the journal.

        The last act of a finished run; sealing again gives the same bytes. Returns the sum of all records, checked
        (`LedgerError`). Raises `StopError` if one of `shards` has no record, or two wrote one file differently.
        """
        with stopping("finish", self.files.shown):
            if self._outlived:  # a worker that died under a run that went on left its unfinished files
                self._sweep()
            for name, data in sorted(contents.items()):
                put_whole(self.files, name, data, self.ticket.run_id)
            shards = list(shards)
            raw = Journal(self.files).raw(shards)
            _refuse_missing(raw, shards)
            records = [_record(name, data) for name, data in raw.items()]
            _refuse_two_owners(records)
            counts = sum((record.counts for record in records), Counts())
            counts.check()
            entries = [
                FileEntry(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
                for name, data in sorted({**contents, PLAN: self.files.read(PLAN)}.items())
            ]
            put_whole(self.files, SEAL, seal_bytes(entries, raw, counts), self.ticket.run_id)
        return counts

    def _claim(self, plan: Mapping[str, Json]) -> None:
        with stopping("open", self.files.shown):
            if not check_plan(self.files, plan):
                write_plan(self.files, plan, self.ticket.run_id)
            self._sweep()

    def _sweep(self) -> None:
        """Remove what was begun and not committed."""
        for name in filter(is_temp, self.files.sizes()):
            with suppress(FileNotFoundError):  # a worker that was given up has just done so itself
                self.files.remove(name)


def _refuse_missing(raw: Mapping[str, bytes], shards: Iterable[str]) -> None:
    missing = sorted(shard for shard in shards if record_name(shard) not in raw)
    if missing:
        raise StopError(f"{missing[0]} was finished, but its record is gone.\nRun the same command again.")


def _refuse_two_owners(records: Iterable[ShardRecord]) -> None:
    """A commit refuses to write what another shard has written; two at the same moment do not see each other."""
    owners: dict[str, tuple[str, FileEntry]] = {}
    for record in records:
        for entry in record.files:
            other, first = owners.setdefault(entry.name, (record.shard, entry))
            if entry != first:
                raise StopError(
                    f"{other} and {record.shard} both wrote {entry.name}: one of them is not in the output.\n"
                    "Give them to separate runs, each with its own output folder."
                )


def _record(name: str, data: bytes) -> ShardRecord:
    try:
        return ShardRecord.from_bytes(data)
    except DamagedError as error:
        raise StopError(f"{name} was damaged during the run: {error}.\nRun the same command again.") from error


def seal_bytes(entries: list[FileEntry], journal: Mapping[str, bytes], counts: Counts) -> bytes:
    """The seal: run-level files, one digest over all journal records, and the ledger's sum."""
    return seal(
        {
            "format": 1,
            "files": [entry.as_json() for entry in entries],
            "records": len(journal),
            "journal_sha256": journal_digest(journal),
            "counts": counts.as_json(),
        }
    )


def journal_digest(journal: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents of all records, in order of name."""
    digest = hashlib.sha256()
    for name, data in sorted(journal.items()):
        digest.update(f"{len(name.encode())} {name} {len(data)}\n".encode() + data)
    return digest.hexdigest()
