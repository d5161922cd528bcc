"""What people decide about pairs: a file of events beside the output, and where each pair stands after them.

An event is on stable storage before anybody is told that it counts, and none is ever changed: undoing is an event too.
Each names the version of the pair that its author saw. Where another was faster it is refused, so that of two reviewers
at one pair neither goes over the other unseen (hazard 78). No clock is in it: the order is that of the file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from burnish.errors import BurnishError, UsageError
from burnish.storage.appended import Appended
from burnish.storage.stopping import stopping
from burnish.texts import storable
from burnish.values import Json

FILE = "decisions.jsonl"
LOCK = "lock"
MAX_TEXT_CHARS = 10_000
MAX_NAME_CHARS = 60


class Action(StrEnum):
    """What a reviewer can do. ACCEPT: the text that the run chose is right for the picture. REJECT: it is not. EDIT:
    another text is. UNDO: the last of these that stands for the pair is taken back.
    """

    ACCEPT = "accept"
    REJECT = "reject"
    EDIT = "edit"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """A pair's place in the output: the shard its records are named after, and its ordinal in the source."""

    shard: str
    ordinal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the file. `of` is a digest of what was judged (image and chosen text), `version` what the pair has
    once it counts, `text` an EDIT's new text, `by` the name that the reviewer gave.
    """

    shard: str
    ordinal: int
    of: str
    version: int
    action: Action
    text: str = ""
    by: str = ""

    @property
    def subject(self) -> Subject:
        """Which pair it is about."""
        return Subject(self.shard, self.ordinal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a pair stands: how many events it has had, and those that were not taken back."""

    version: int = 0
    events: tuple[Event, ...] = ()

    @property
    def last(self) -> Event | None:
        """What counts; None while nobody has decided, or all is taken back."""
        return self.events[-1] if self.events else None

    def after(self, event: Event) -> Self:
        """With `event`. Raises `ValueError` if that is not of a later version."""
        if event.version <= self.version:
            raise ValueError(f"version {event.version} does not follow {self.version}")
        if event.action is Action.UNDO:
            return type(self)(version=event.version, events=self.events[:-1])
        return type(self)(version=event.version, events=(*self.events, event))


NEW = Standing()


class ConflictError(BurnishError):
    """Somebody else decided on the pair meanwhile; `standing` is where it stands now."""

    def __init__(self, standing: Standing) -> None:
        super().__init__("somebody else decided on this pair meanwhile.")
        self.standing = standing


class Decisions:
    """All decisions about one output. Safe to be used by several threads; `writing` by one process at a time."""

    def __init__(self, folder: Path, *, writing: bool = False) -> None:
        """Reads what is in `folder`. Raises `UsageError` if it is damaged, or if another process writes there."""
        self._alone = threading.Lock()
        self._lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
        self._writing = writing
        if writing:
            self._take_lock(folder)
        self._file = Appended(folder / FILE)
        try:
            self._standing = _replayed(self._file, folder / FILE)
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Let others write."""
        self._lock.release()

    def standing(self, subject: Subject) -> Standing:
        """Where a pair stands."""
        return self._standing.get(subject, NEW)

    def all(self) -> Mapping[Subject, Standing]:
        """Every pair with an event, as it stands now."""
        with self._alone:
            return dict(self._standing)

    def add(self, event: Event) -> Standing:
        """Make `event` count. Raises `ConflictError` if the pair has another version by now, `UsageError` for one that
        makes no sense, `StopError` if it could not be written; then nothing counts.
        """
        assert self._writing
        event = _sound(event)
        with self._alone:
            before = self.standing(event.subject)
            if event.version != before.version + 1:
                raise ConflictError(before)
            if event.action is Action.UNDO and not before.events:
                raise UsageError("there is nothing to take back.")
            after = before.after(event)
            self._file.append(_line(event))
            self._standing[event.subject] = after
            return after

    def _take_lock(self, folder: Path) -> None:
        with stopping("write to", str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire()
            except Timeout:
                raise UsageError(
                    f"another review of {folder.parent.parent} is running.\nUse that one's address; both would write."
                ) from None


def _replayed(file: Appended, path: Path) -> dict[Subject, Standing]:
    found: dict[Subject, Standing] = {}
    for number, event in _events(file, path):
        try:
            found[event.subject] = found.get(event.subject, NEW).after(event)
        except ValueError as error:
            raise _damaged(path, number, str(error)) from error
    return found


def _events(file: Appended, path: Path) -> Iterator[tuple[int, Event]]:
    for number, content in enumerate(file.contents(), 1):
        match content:
            case {
                "shard": str(shard),
                "ordinal": int(ordinal),
                "of": str(of),
                "version": int(version),
                "action": "accept" | "reject" | "edit" | "undo" as action,
                "text": str(text),
                "by": str(by),
            }:
                event = Event(
                    shard=shard, ordinal=ordinal, of=of, version=version, action=Action(action), text=text, by=by
                )
                yield number, event
            case _:
                raise _damaged(path, number, "it is not as it was written")


def _damaged(path: Path, number: int, what: str) -> UsageError:
    return UsageError(
        f"line {number} of {path} is damaged: {what}.\n"
        "Restore the file. Without a copy of it, take that line out: what it said of one pair is lost, nothing else."
    )


def _sound(event: Event) -> Event:
    if len(event.text) > MAX_TEXT_CHARS:
        raise UsageError(f"a text has at most {MAX_TEXT_CHARS:,} characters, this one {len(event.text):,}.")
    if (event.action is Action.EDIT) != bool(event.text.strip()):
        raise UsageError("an edit needs a text, and nothing else has one.")
    return Event(**{**asdict(event), "text": storable(event.text)[0], "by": storable(event.by[:MAX_NAME_CHARS])[0]})


def _line(event: Event) -> dict[str, Json]:
    return {**asdict(event), "action": str(event.action)}
