"""The commit of one shard: all of its files become visible whole, and the journal record comes last.

write temp files -> sync each -> rename -> sync folders -> journal record the same way (hazard rule 3). Whatever
happens in between, the shard is either done, with every byte as recorded, or it is done again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self, cast

from burnish.errors import StopError, UsageError
from burnish.storage.fence import Fence
from burnish.storage.files import Files, Handle, is_file, is_there, put_whole
from burnish.storage.folder import PathEscapeError
from burnish.storage.journal import FileEntry, Journal, ShardRecord
from burnish.storage.layout import HIDDEN, folders_of, quarantine_name, record_name, records_name, temp_name
from burnish.storage.ledger import Counts, LedgerError
from burnish.storage.quarantine import Quarantine
from burnish.storage.stopping import stopping
from burnish.values import Json, Shard

_BUFFER_BYTES = 2**18


class Commit:
    """One shard's way into the output. An `Outbox`; as a context manager it abandons what was not published.

    Knows only the files, the run and the shard, so any process can hold one.
    """

    def __init__(self, files: Files, run_id: str, shard: Shard, fence: Fence | None = None) -> None:
        """Nothing is touched yet. `fence`: what must hold when it is published, if others may work on the shard."""
        self._files = files
        self._run_id = run_id
        self._shard = shard
        self._fence = fence
        self._outputs: dict[str, _Output] = {}
        self._folders: set[str] = set()
        self._quarantine: Quarantine | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()

    def create(self, name: str) -> BinaryIO:
        """A new file that will be called `name`; write it front to back, then close it.

        Raises `PathEscapeError` for a name that is not a plain path below the output, `StopError` if the disk fails
        (also from its ``write`` and ``close``).
        """
        if not _is_plain(name) or name.split("/", 1)[0] == HIDDEN:
            raise PathEscapeError(f"{name!r} is not a path below the output folder")
        return self._create(name)

    def create_records(self) -> BinaryIO:
        """The file that holds what burnish knows of this shard's pairs (see `burnish.records`)."""
        return self._create(records_name(self._shard.name))

    def quarantine(self) -> Quarantine:
        """Where this shard's faults and gaps go; `publish` finishes it."""
        if self._quarantine is None:
            self._quarantine = Quarantine(lambda: self._create(quarantine_name(self._shard.name)))
        return self._quarantine

    def publish(self, counts: Counts, facts: Mapping[str, Json] | None = None) -> ShardRecord:
        """Make everything created visible and durable, then write the record. `facts` go into the record.

        Gives the record that stands: another one if someone else finished the shard since work on it began. Raises
        `LedgerError` if the counts do not add up or do not match the quarantine, `StopError` if the environment fails.
        Publishing what is already there, byte for byte, changes nothing.
        """
        self._check(counts)
        for output in self._outputs.values():
            output.file.close()
        record = ShardRecord(
            shard=self._shard.name,
            size=self._shard.size,
            tag=self._shard.tag,
            files=tuple(output.entry for _, output in sorted(self._outputs.items())),
            counts=counts,
            facts=facts or {},
        )
        alone = self._fence.held() if self._fence else nullcontext()
        with stopping("commit", f"{self._shard.name} to {self._files.shown}"), alone:
            standing = self._settled(record)
        self.abandon()
        return standing

    def abandon(self) -> None:
        """Close and remove what was not published. Leaves what was."""
        outputs, self._outputs = self._outputs, {}
        for output in outputs.values():
            output.raw.drop()
        # The next run removes what cannot be removed now; the error that led here must not be hidden.
        if self._quarantine is not None:
            with suppress(StopError):
                self._quarantine.drop()
        for output in outputs.values():
            with suppress(StopError):
                output.file.close()
            with suppress(OSError):
                self._files.remove(output.temp)

    def _create(self, name: str) -> BinaryIO:
        if name in self._outputs:
            raise FileExistsError(f"{name} was already created for {self._shard.name}")
        temp = temp_name(name, self._run_id)
        with stopping("create", f"{self._files.shown}/{name}"):
            folder = folders_of(name)[0]
            if folder not in self._folders:
                self._files.make_folder(folder)
                self._folders.add(folder)
            raw = _HashingRaw(self._files.create(temp), f"{self._files.shown}/{name}")
        file = cast("BinaryIO", io.BufferedWriter(raw, _BUFFER_BYTES))
        self._outputs[name] = _Output(name=name, temp=temp, raw=raw, file=file)
        return file

    def _check(self, counts: Counts) -> None:
        counts.check()
        quarantine = self.quarantine()
        quarantine.finish()
        if (quarantine.faults, quarantine.gaps) != (counts.quarantined, counts.gaps):
            raise LedgerError(
                f"{self._shard.name}: counted {counts.quarantined:,} quarantined and {counts.gaps:,} gaps, but"
                f" {quarantine.faults:,} and {quarantine.gaps:,} rows were written.\nPlease report this bug."
            )

    def _settled(self, record: ShardRecord) -> ShardRecord:
        """The record that stands in the end, with all of its files."""
        before = Journal(self._files).read(self._shard.name)
        stands = before == record or (self._fence is not None and self._fence.overtaken(before, record))
        if before is not None and stands and _is_intact(self._files, before):
            return before
        self._replace(record, before)
        return record

    def _replace(self, record: ShardRecord, before: ShardRecord | None) -> None:
        self._refuse_other_owner(record, before)
        stale = self._stale(record, before)
        self._retract()
        for output in self._outputs.values():
            self._files.replace(output.temp, output.name)
        for name in stale:
            self._files.remove(name)
        folders = {folder for name in (*self._outputs, *stale) for folder in folders_of(name)}
        self._outputs = {}
        for folder in sorted(folders):
            self._files.sync_folder(folder)
        try:
            put_whole(self._files, record_name(self._shard.name), record.to_bytes(), self._run_id)
        except FileExistsError:  # an object store takes only the first record
            self._give_way()
            raise

    def _give_way(self) -> None:
        """Someone else's record came first. If the files under it are ours by now, neither commit stands."""
        other = Journal(self._files).read(self._shard.name)
        if other is None or not _is_intact(self._files, other):
            self._retract()

    def _retract(self) -> None:
        """Take back the record, sound or not, before the first file under it changes: no record ever lies."""
        name = record_name(self._shard.name)
        with suppress(FileNotFoundError):
            self._files.remove(name)
            self._files.sync_folder(folders_of(name)[0])

    def _stale(self, record: ShardRecord, before: ShardRecord | None) -> list[str]:
        """Files of an earlier commit of this shard that the new one does not have."""
        old = {entry.name for entry in before.files} if before else set()
        old.add(quarantine_name(self._shard.name))
        old -= {entry.name for entry in record.files}
        stale = {name for name in old if is_there(self._files, name)}
        return sorted(stale - {entry.name for other in self._others() for entry in other.files} if stale else stale)

    def _refuse_other_owner(self, record: ShardRecord, before: ShardRecord | None) -> None:
        """Two shards may name one image: it is the same file then, to the byte, and anything else is refused."""
        own = {entry.name for entry in before.files} if before else set()
        taken = {e.name: e.sha256 for e in record.files if e.name not in own and is_there(self._files, e.name)}
        if not taken:
            return
        for other in self._others():
            both = [e.name for e in other.files if taken.get(e.name, e.sha256) != e.sha256]
            if both:
                raise UsageError(
                    f"{self._shard.name} and {other.shard} would both write {min(both)}.\n"
                    "Give them to separate runs, each with its own output folder."
                )

    def _others(self) -> list[ShardRecord]:
        """The records of all other shards."""
        return [record for name, record in Journal(self._files).records().items() if name != self._shard.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Output:
    """A file on its way: its final name, its name until then, and the two layers it is written through."""

    name: str
    temp: str
    raw: _HashingRaw
    file: BinaryIO

    @property
    def entry(self) -> FileEntry:
        return FileEntry(name=self.name, size=self.raw.size, sha256=self.raw.digest.hexdigest())


class _HashingRaw(io.RawIOBase):
    """The unbuffered layer: hashes what the handle took, syncs on close. Errors are `StopError`s."""

    def __init__(self, handle: Handle, shown: str) -> None:
        self._handle = handle
        self._shown = shown
        self._dropped = False
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: object) -> int:
        view = cast("memoryview", data)
        if self._dropped:
            return len(view)
        with stopping("write", self._shown):
            written = self._handle.write(view)
        self.digest.update(view[:written])
        self.size += written
        return written

    def drop(self) -> None:
        """Take no more bytes and do not sync: the file will be removed."""
        self._dropped = True

    def close(self) -> None:
        if self.closed:
            return
        try:
            with stopping("write", self._shown):
                if not self._dropped:
                    self._handle.sync()
        finally:
            super().close()
            with stopping("close", self._shown):
                self._handle.close()


def _is_plain(name: str) -> bool:
    parts = name.split("/")
    return "\0" not in name and all(part not in {"", ".", ".."} for part in parts)


def _is_intact(files: Files, record: ShardRecord) -> bool:
    return all(is_file(files, e.name, e.size) and digest_of(files, e.name) == e.sha256 for e in record.files)


def digest_of(files: Files, name: str) -> str:
    """SHA-256 of a file, read in pieces, in hexadecimal digits."""
    digest = hashlib.sha256()
    with files.open(name) as file:
        while piece := file.read(_BUFFER_BYTES):
            digest.update(piece)
    return digest.hexdigest()
