"""Record every durable operation, and make the disk a power cut could have left at any moment (hazard 57).

The model is pessimistic: bytes that were not synced may be missing, cut or zero, and names may be lost unless their
folder was synced after them. A sync, once it returned, holds.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, TypeAlias

from burnish.storage.files import Files, Handle
from burnish.storage.layout import folders_of


class Verb(StrEnum):
    """The operations that change a disk."""

    CREATE = "create"
    WRITE = "write"
    SYNC = "sync"
    REPLACE = "replace"
    SYNC_FOLDER = "sync_folder"
    REMOVE = "remove"
    MAKE_FOLDER = "make_folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation on `name`; `target` is the new name of a REPLACE, `data` the bytes a WRITE took."""

    verb: Verb
    name: str
    target: str = ""
    data: bytes = b""


class Loss(StrEnum):
    """What a power cut takes of that which was not synced."""

    NOTHING = "nothing"  # a killed process: the kernel still writes everything
    NAMES = "names"  # bytes are there, but folders are as last synced
    DATA = "data"  # names are there, but files are as last synced
    ZEROS = "zeros"  # names and sizes are there, unsynced bytes are zero
    ALL = "all"
    CHANCE = "chance"  # each name and each cut drawn at random


class RecordingFiles:
    """Passes everything on to `inner` and keeps `operations` in the order they were done."""

    def __init__(self, inner: Files) -> None:
        """`inner` should be empty: what it holds already is not part of the record."""
        self._inner = inner
        self.operations: list[Operation] = []

    @property
    def shown(self) -> str:
        """As of `inner`."""
        return self._inner.shown

    def create(self, name: str) -> Handle:
        """As of `inner`, recorded."""
        handle = self._inner.create(name)
        self._note(Verb.CREATE, name)
        return _RecordingHandle(handle, name, self.operations)

    def create_whole(self, name: str, data: bytes) -> None:
        """As of `inner`, recorded as its steps."""
        self._inner.create_whole(name, data)
        self._note(Verb.CREATE, name)
        self._note(Verb.WRITE, name, data=data)
        self._note(Verb.SYNC, name)

    def replace(self, temp: str, final: str) -> None:
        """As of `inner`, recorded."""
        self._inner.replace(temp, final)
        self._note(Verb.REPLACE, temp, target=final)

    def sync_folder(self, folder: str) -> None:
        """As of `inner`, recorded."""
        self._inner.sync_folder(folder)
        self._note(Verb.SYNC_FOLDER, folder)

    def remove(self, name: str) -> None:
        """As of `inner`, recorded."""
        self._inner.remove(name)
        self._note(Verb.REMOVE, name)

    def make_folder(self, folder: str) -> None:
        """As of `inner`, recorded."""
        self._inner.make_folder(folder)
        self._note(Verb.MAKE_FOLDER, folder)

    def read(self, name: str) -> bytes:
        """As of `inner`."""
        return self._inner.read(name)

    def open(self, name: str) -> BinaryIO:
        """As of `inner`."""
        return self._inner.open(name)

    def size(self, name: str) -> int:
        """As of `inner`."""
        return self._inner.size(name)

    def sizes(self, folder: str = "") -> Mapping[str, int]:
        """As of `inner`."""
        return self._inner.sizes(folder)

    def _note(self, verb: Verb, name: str, *, target: str = "", data: bytes = b"") -> None:
        self.operations.append(Operation(verb=verb, name=name, target=target, data=data))


class _RecordingHandle:
    def __init__(self, inner: Handle, name: str, operations: list[Operation]) -> None:
        self._inner = inner
        self._name = name
        self._operations = operations

    def write(self, data: bytes | memoryview) -> int:
        written = self._inner.write(data)
        self._operations.append(Operation(verb=Verb.WRITE, name=self._name, data=bytes(data[:written])))
        return written

    def sync(self) -> None:
        self._inner.sync()
        self._operations.append(Operation(verb=Verb.SYNC, name=self._name))

    def close(self) -> None:
        self._inner.close()


def materialise(operations: Sequence[Operation], loss: Loss, root: Path, seed: int = 0) -> None:
    """Write to the new folder `root` what is left if the power fails right after `operations`.

    `seed` matters for `Loss.CHANCE` only.
    """
    disk = _Disk()
    for operation in operations:
        disk.do(operation)
    disk.write(disk.survivors(loss, random.Random(seed)), root)


@dataclass(slots=True)
class _File:
    data: bytearray = field(default_factory=bytearray)
    synced: int = 0

    def left(self, loss: Loss, chance: random.Random) -> bytes:
        rest = len(self.data) - self.synced
        match loss:
            case Loss.NOTHING | Loss.NAMES:
                kept, zeros = rest, 0
            case Loss.ZEROS:
                kept, zeros = 0, rest
            case Loss.CHANCE:
                kept = chance.randint(0, rest)
                zeros = chance.randint(0, rest - kept)
            case _:
                kept, zeros = 0, 0
        return bytes(self.data[: self.synced + kept]) + bytes(zeros)


@dataclass(slots=True)
class _Folder:
    """`durable` names survive; `pending` changes (all names of a change together) may or may not."""

    durable: dict[str, _Entry] = field(default_factory=dict)
    pending: list[dict[str, _Entry | None]] = field(default_factory=list)

    def now(self) -> dict[str, _Entry]:
        return self.after(self.pending)

    def after(self, changes: Sequence[Mapping[str, _Entry | None]]) -> dict[str, _Entry]:
        merged: dict[str, _Entry | None] = {**self.durable}
        for change in changes:
            merged.update(change)
        return {name: entry for name, entry in merged.items() if entry is not None}

    def left(self, loss: Loss, chance: random.Random) -> dict[str, _Entry]:
        if loss in {Loss.NAMES, Loss.ALL}:
            return dict(self.durable)
        if loss is Loss.CHANCE:
            return self.after([change for change in self.pending if chance.random() < 0.5])
        return self.now()

    def sync(self) -> None:
        self.durable, self.pending = self.now(), []


_Entry: TypeAlias = _File | _Folder


class _Disk:
    """A disk that knows what it was promised: folders as names to entries, synced or pending."""

    def __init__(self) -> None:
        self._root = _Folder()

    def do(self, operation: Operation) -> None:
        name, data = operation.name, operation.data
        match operation.verb:
            case Verb.CREATE:
                self._change(name, {_last(name): _File()})
            case Verb.WRITE:
                self._file(name).data += data
            case Verb.SYNC:
                self._file(name).synced = len(self._file(name).data)
            case Verb.REPLACE:
                self._change(name, {_last(operation.target): self._file(name), _last(name): None})
            case Verb.SYNC_FOLDER:
                self._folder(name).sync()
            case Verb.REMOVE:
                self._change(name, {_last(name): None})
            case Verb.MAKE_FOLDER:
                self._make(name)

    def survivors(self, loss: Loss, chance: random.Random) -> dict[str, bytes | None]:
        """Path -> bytes, or None for a folder."""
        found: dict[str, bytes | None] = {}
        todo = [("", self._root)]
        while todo:
            path, folder = todo.pop()
            for name, entry in folder.left(loss, chance).items():
                if isinstance(entry, _Folder):
                    found[path + name] = None
                    todo.append((f"{path}{name}/", entry))
                else:
                    found[path + name] = entry.left(loss, chance)
        return found

    def write(self, survivors: Mapping[str, bytes | None], root: Path) -> None:
        root.mkdir()
        for path, data in sorted(survivors.items()):
            if data is None:
                (root / path).mkdir()
            else:
                (root / path).write_bytes(data)

    def _change(self, name: str, change: dict[str, _Entry | None]) -> None:
        self._folder(folders_of(name)[0]).pending.append(change)

    def _file(self, name: str) -> _File:
        entry = self._folder(folders_of(name)[0]).now()[_last(name)]
        assert isinstance(entry, _File)
        return entry

    def _folder(self, path: str) -> _Folder:
        folder = self._root
        for part in filter(None, path.split("/")):
            entry = folder.now()[part]
            assert isinstance(entry, _Folder)
            folder = entry
        return folder

    def _make(self, path: str) -> None:
        folder = self._root
        for part in filter(None, path.split("/")):
            entry = folder.now().get(part)
            if entry is None:
                entry = _Folder()
                folder.pending.append({part: entry})
            assert isinstance(entry, _Folder)
            folder = entry


def _last(name: str) -> str:
    return name.rpartition("/")[2]
