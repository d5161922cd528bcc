"""One run per output: a lock that dies with its process, and a note that says who holds it (hazards 58, 59).

Locally the operating system's lock decides. On an object store it only separates the runs of one machine; between
machines the note itself is the lock, made by a conditional put (see docs/design/commit.md for its limits).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from burnish.errors import UsageError
from burnish.storage.files import Files
from burnish.storage.layout import HOLDER, LOCK
from burnish.storage.places import Place
from burnish.storage.stopping import stopping

_NOTE_WAIT_S = 1.0
"""The winner writes its note just after it has the lock; a loser waits this long to be able to name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lock. `boot` is the machine's boot id, `started` the process's start in clock ticks since boot."""

    host: str
    pid: int
    boot: str
    started: str
    token: str

    @classmethod
    def me(cls) -> Holder:
        """The process that asks."""
        pid = os.getpid()
        return cls(
            host=socket.gethostname(), pid=pid, boot=_boot_id(), started=_started(pid), token=secrets.token_hex(8)
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Holder | None:
        """The holder a note names; None if the note is torn."""
        try:
            note = orjson.loads(data)
        except orjson.JSONDecodeError:
            return None
        match note:
            case {"host": str(host), "pid": int(pid), "boot": str(boot), "started": str(started), "token": str(token)}:
                return cls(host=host, pid=pid, boot=boot, started=started, token=token)
            case _:
                return None

    def to_bytes(self) -> bytes:
        """The note."""
        return orjson.dumps(asdict(self))

    def is_dead(self) -> bool:
        """Whether the process is surely gone: its machine was rebooted, or it is ours and no longer runs."""
        if self.boot != _boot_id():
            return self.host == socket.gethostname()
        return self.host == socket.gethostname() and _started(self.pid) != self.started

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


class RunLock:
    """Held from `acquire` to `release`, or until the process dies."""

    def __init__(self, files: Files, place: Place) -> None:
        """`files` are those of the folder at `place`, which must exist."""
        self._files = files
        self._local = place.fs is None
        self._lock = FileLock(_lock_path(place), timeout=0, thread_local=False)
        self._me = Holder.me()

    def acquire(self) -> None:
        """Take the lock. Raises `UsageError` within two seconds if another run has it, naming that run."""
        with stopping("lock", self._files.shown):
            try:
                self._lock.acquire()
            except Timeout:
                raise self._refusal(self._wait_for_note()) from None
            try:
                self._leave_note()
            except (OSError, UsageError):
                self._lock.release()
                raise

    def release(self) -> None:
        """Give the lock back and take the note away, if it is still ours."""
        with suppress(OSError):  # the run's result stands; a note that stays is recognised as stale
            if self._note() == self._me:
                self._files.remove(HOLDER)
        self._lock.release()

    def _leave_note(self) -> None:
        note = self._read()
        holder = Holder.from_bytes(note) if note is not None else None
        if holder is not None and not self._is_stale(holder):
            raise self._refusal(holder)
        if note is not None:  # else there is nothing to remove, but another machine's note may come any moment
            with suppress(FileNotFoundError):
                self._files.remove(HOLDER)
        try:
            self._files.create_whole(HOLDER, self._me.to_bytes())
        except FileExistsError:
            raise self._refusal(self._note()) from None

    def _is_stale(self, holder: Holder) -> bool:
        # With the system's lock in hand, a holder of the same boot of the same kernel cannot be alive, and a note of
        # this very process is one whose put reached an object store while its answer did not reach us.
        ours = replace(holder, token=self._me.token) == self._me
        return ours or holder.is_dead() or (self._local and holder.boot == _boot_id())

    def _note(self) -> Holder | None:
        note = self._read()
        return Holder.from_bytes(note) if note is not None else None

    def _read(self) -> bytes | None:
        try:
            return self._files.read(HOLDER)
        except FileNotFoundError:
            return None

    def _wait_for_note(self) -> Holder | None:
        deadline = time.monotonic() + _NOTE_WAIT_S
        while (holder := self._note()) is None and time.monotonic() < deadline:
            time.sleep(0.02)
        return holder

    def _refusal(self, holder: Holder | None) -> UsageError:
        who = str(holder) if holder else "another process"
        return UsageError(
            f"{self._files.shown} is in use by {who}.\n"
            f"Wait for it to end. If that machine is gone for good, remove {self._files.shown}/{HOLDER}."
        )


def _lock_path(place: Place) -> Path:
    if place.fs is None:
        return place.local / LOCK
    # It stays when the run ends, empty: who removes it on release takes the name from a process that has opened the
    # file and waits for its lock, and a third one locks a new file beside it. Not every filelock from 3.16 on notices.
    name = hashlib.sha256(f"{place.fs.protocol}{place.path}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"burnish-{os.getuid()}-{name}.lock")


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except FileNotFoundError:  # not Linux: locks of this machine still work, notes of dead runs need a hand
        return ""


def _started(pid: int) -> str:
    """Start time of a process as the kernel tells it, "" if there is none: tells a reused process id apart."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return stat.rpartition(")")[2].split()[19]  # field 22 of proc(5), counted after the command's name
