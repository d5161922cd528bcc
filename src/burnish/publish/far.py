"""The far side of a push: what is there, and how files come there. One kind for the Hub, one for everything else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol, cast

from burnish.publish.carrying import carry
from burnish.publish.contents import Parcel
from burnish.storage.files import Files, put_whole
from burnish.storage.layout import PUSHED, is_temp, new_run_id
from burnish.storage.opening import open_files
from burnish.storage.places import remote_errors
from burnish.storage.sealed import DamagedError, seal, unseal
from burnish.storage.stopping import stopping
from burnish.storage.tags import Seen, look
from burnish.values import Json

_HUB: Final = re.compile(r"hf://(?:datasets/)?(?P<id>[\w.-]+/[\w.-]+)/?")
_NOT_DATASETS: Final = ("buckets", "models", "spaces")
_THREADS: Final = 4
"""Files sent at once; a client sends a large one in parts at once as well."""
_NOTE_BYTES: Final = 256 << 20
_NOTE_FILES: Final = 64
"""After so much the note is written again: at most that is sent twice after a kill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent under a name: its size, its digest, and how the place showed it then."""

    size: int
    sha256: str
    tag: str


class Far(Protocol):
    """A place that is pushed to. Errors of the place are `OSError`s; refusals are `UsageError`s."""

    shown: str
    url: str

    def look(self) -> Mapping[str, Seen]:
        """All files there by name."""
        ...

    def read(self, name: str) -> bytes:
        """A small file there. ``FileNotFoundError`` if there is none."""
        ...

    def note(self) -> Mapping[str, Sent]:
        """What pushes have sent there, as they noted it; none if nobody did."""
        ...

    def holds(self, parcel: Parcel, seen: Seen | None) -> bool:
        """Whether the file is surely there with these bytes."""
        ...

    def begin(self, seals: Sequence[str]) -> None:
        """Take these files away, visibly, before anything else changes."""
        ...

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Put files there, in any order; what is done stays done if it is cut short."""
        ...

    def finish(self, parcels: Sequence[Parcel], stale: Sequence[str]) -> None:
        """Put the last files there, in order, after taking away those named `stale`."""
        ...


def is_hub(url: str) -> str:
    """The id of the Hub's data set that `url` names, "" if it names none."""
    match = _HUB.fullmatch(url)
    return match["id"] if match and match["id"].split("/")[0] not in _NOT_DATASETS else ""


def near(url: str) -> str:
    """The URL under which the filesystem of `url` has it: for reading back."""
    found = is_hub(url)
    return f"hf://datasets/{found}" if found else url


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Turn whatever keeps `url` from being opened into a `StopError`: some filesystems connect as soon as they are
    made, and each library fails in its own way. Our own errors go through as they are.
    """
    with stopping("reach", url), remote_errors():
        yield


def open_far(url: str, source: Files, *, public: bool) -> Far:
    """The far side at `url`; on the Hub it is made if it is not there, `public` or private."""
    if found := is_hub(url):
        from burnish.publish.hub import HubFar

        return cast("Far", HubFar(found, source, public=public))
    return StoreFar(url, source)


class StoreFar:
    """Any filesystem that outputs can be written to. What it holds is known by a note of what was sent, with the etag
    that each file had then: one that was changed since, or put there by others, is sent again.
    """

    def __init__(self, url: str, source: Files) -> None:
        """Nothing is touched yet."""
        self.url = url
        self._source = source
        self._files = open_files(url)
        self.shown = self._files.shown
        self._run_id = new_run_id()
        self._note: dict[str, Sent] = {}

    def look(self) -> Mapping[str, Seen]:
        """See `Far`."""
        return look(self.url)

    def read(self, name: str) -> bytes:
        """See `Far`."""
        return self._files.read(name)

    def note(self) -> Mapping[str, Sent]:
        """See `Far`."""
        try:
            self._note = noted(self._files.read(PUSHED))
        except FileNotFoundError:
            self._note = {}
        return dict(self._note)

    def holds(self, parcel: Parcel, seen: Seen | None) -> bool:
        """See `Far`."""
        sent = self._note.get(parcel.name)
        known = Sent(size=parcel.entry.size, sha256=parcel.entry.sha256, tag=seen.tag if seen else "")
        return seen is not None and seen.size == parcel.entry.size and bool(seen.tag) and sent == known

    def begin(self, seals: Sequence[str]) -> None:
        """See `Far`."""
        self._files.make_folder("")
        self._remove([*seals, *filter(is_temp, self._files.sizes())])  # those were left by a push that was killed

    def send(self, parcels: Sequence[Parcel]) -> None:
        """See `Far`."""
        for group in _groups(parcels):
            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(self._carry, group))
            self._noted(group)

    def finish(self, parcels: Sequence[Parcel], stale: Sequence[str]) -> None:
        """See `Far`."""
        self._remove(stale)
        for each in parcels:
            self._carry(each)
        self._noted(parcels)

    def _carry(self, each: Parcel) -> None:
        carry(each, self._source, self._files, self._run_id)

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(FileNotFoundError):
                self._files.remove(name)
            self._note.pop(name, None)

    def _noted(self, group: Sequence[Parcel]) -> None:
        seen = self.look()
        for each in group:
            tag = seen[each.name].tag if each.name in seen else ""
            self._note[each.name] = Sent(size=each.entry.size, sha256=each.entry.sha256, tag=tag)
        put_whole(self._files, PUSHED, note_bytes(self._note), self._run_id)


def note_bytes(note: Mapping[str, Sent]) -> bytes:
    """The note as it is stored."""
    files: dict[str, Json] = {name: [each.size, each.sha256, each.tag] for name, each in sorted(note.items())}
    return seal({"format": 1, "files": files})


def noted(data: bytes) -> dict[str, Sent]:
    """What a note says; nothing if it is damaged: then all is sent again."""
    try:
        content = unseal(data)
    except DamagedError:
        return {}
    found: dict[str, Sent] = {}
    files = content.get("files")
    for name, row in files.items() if isinstance(files, dict) else ():
        match row:
            case [int(size), str(sha256), str(tag)]:
                found[name] = Sent(size=size, sha256=sha256, tag=tag)
    return found


def _groups(parcels: Sequence[Parcel]) -> Iterable[Sequence[Parcel]]:
    """The files in groups, after each of which the note is written."""
    group: list[Parcel] = []
    weight = 0
    for each in parcels:
        group.append(each)
        weight += each.entry.size
        if weight >= _NOTE_BYTES or len(group) >= _NOTE_FILES:
            yield group
            group, weight = [], 0
    if group:
        yield group
