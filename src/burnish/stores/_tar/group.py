"""Members to groups: those of one key, in the order of their first members, whether adjacent or not.

The key is what webdataset takes: the path up to the first dot of its last part, case kept. A name without that dot
(or starting with one) has no key; it travels with the group it stands beside. Members of other groups may lie
between those of one, within a window; what comes later is a group of its own, and says where the other part lies.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from burnish.stores._tar.order import Order, Verdict
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import End, Hole, Member, Part, Sort, Span

WINDOW_GROUPS: Final = 64
"""Open groups: writers with parallel threads finish out of order by their number, 8 to 64. With 256 the images that
wait fill the core's cache, and reading takes a quarter longer."""
WINDOW_BYTES: Final = 64 << 20
"""From the first byte of the oldest open group; their members are held in memory, so this bounds it."""
CARRIED_BYTES: Final = 1 << 20
"""Members up to this size are read when they pass by and travel with their pair, up to `WINDOW_BYTES` of one group;
others are read when needed."""
MAX_MEMBERS: Final = 4096
"""Of one group; more are a group of their own, so that ten million members of one key need no memory (hazard 9)."""
_REMEMBERED_KEYS: Final = 200_000
"""Keys known as seen, to flag duplicates: 20 MB; then the older half is forgotten. Shards have 1,000 to 10,000."""
_new: Final = tuple.__new__  # a named tuple's own constructor takes twice as long
_USUAL: Final = frozenset(("jpg", "jpeg", "png", "webp", "json", "txt", "cls"))
_SMALL: Final = 256 << 10
"""Members with these suffixes and up to this size, next to others of their key, take a shorter way."""
_IMAGE_SUFFIXES: Final = frozenset(
    ("jpg", "jpeg", "png", "webp", "gif", "bmp", "avif", "tif", "tiff", "heic", "heif", "jxl", "jp2", "svg", "ppm")
)


def is_image_suffix(suffix: str) -> bool:
    """Whether a lower-case suffix ("jpg", "left.png") says image."""
    return suffix.rpartition(".")[2] in _IMAGE_SUFFIXES


class Group:
    """Members of one key, in order."""

    __slots__ = ("cut", "dotted", "earlier", "flags", "key", "parts", "room", "start", "suffixes", "verdict", "width")

    def __init__(self, key: str, start: int, verdict: Verdict) -> None:
        """`earlier` is where this key was first seen in the shard, -1 if it was not."""
        self.key = key
        self.dotted = key + "."
        self.width = len(key) + 1
        self.start = start
        self.verdict = verdict
        self.earlier = -1
        self.room = WINDOW_BYTES
        self.cut = False
        self.parts: list[Part] = []
        self.suffixes: set[str] = set()
        self.flags: list[str] = []

    def flag(self, name: str) -> None:
        """Add a flag once."""
        if name not in self.flags:
            self.flags.append(name)


Entry: TypeAlias = "Group | Hole | Member | End"
"""What comes out: a group, a hole, a member that belongs to no group (irregular, or no key and no group near), or an
end without its marker where nothing else tells of it."""


def split_name(name: str) -> tuple[str, str] | None:
    """(key, lower-case suffix) after webdataset's rule, None if it has no key."""
    base = name.rfind("/") + 1
    dot = name.find(".", base)
    return None if dot <= base else (name[:dot], name[dot + 1 :].lower())


def group(source: Source, spans: Iterable[Span]) -> Iterator[Entry]:
    """Entries in the order of their first bytes; `spans` are those of `source`."""
    grouper = _Grouper(source)
    queue, read = grouper.queue, source.read
    current: Group | None = None
    for span in spans:
        if current is not None and type(span) is Member and span.name.startswith(current.dotted):
            suffix = span.name[current.width :]
            if suffix in _USUAL and suffix not in current.suffixes and span.size <= _SMALL and span.head:
                body = read(span.data, span.data + span.size)
                current.parts.append(_new(Part, (suffix, span, span.head, body)))
                current.suffixes.add(suffix)
                continue
        grouper.take_in(span)
        current = grouper.undisturbed()
        while len(queue) > WINDOW_GROUPS or (len(queue) > 1 and span.stop - queue[0].start > WINDOW_BYTES):
            yield grouper.take()
    yield from grouper.rest()


class _Grouper:
    def __init__(self, source: Source) -> None:
        self.queue: deque[Entry] = deque()
        self._source = source
        self._open: dict[str, Group] = {}
        self._current: Group | None = None
        self._leading: list[Member] = []  # no key, and no group yet to travel with
        self._order = Order()
        self._seen: dict[int, int] = {}
        self._beside_gap = False
        self._is_cut = False
        self._overrun = False

    def member(self, member: Member) -> None:
        name = member[0]
        found = self._current
        if found is not None and name.startswith(found.dotted) and "/" not in (rest := name[found.width :]):
            suffix = rest.lower()
        else:
            named = split_name(name)
            if named is None:
                self._keyless(member)
                return
            key, suffix = named
            found = self._current = self._open.get(key) or self._begin(key, member)
        if self._starts_anew(found, suffix):
            found = self._current = self._begin(found.key, member)
        self._add(found, suffix, member)
        found.suffixes.add(suffix)
        self._is_cut = member.sort is Sort.CUT
        found.cut = found.cut or self._is_cut
        if self._beside_gap:
            found.flag("beside_gap")
            self._beside_gap = False

    def _add(self, group: Group, suffix: str | None, member: Member) -> None:
        _, start, data, size, _, sort, _, head = member
        group.room -= size
        if size > CARRIED_BYTES or group.room < 0 or sort is not Sort.FILE:
            group.parts.append(Part(suffix, member, b"", None))
            return
        head = head or self._source.read(start, data)
        body = self._source.read(data, data + size)
        group.parts.append(_new(Part, (suffix, member, head, body)))

    def take_in(self, span: Span) -> None:
        if isinstance(span, Member):
            if span.sort is Sort.IRREGULAR:
                self.queue.append(span)
            else:
                self.member(span)
        elif isinstance(span, Hole):
            self.hole(span)
        elif isinstance(span, End):
            self.end(span)

    def undisturbed(self) -> Group | None:
        """The group that the last member went to, if nothing but its key decides where the next one goes."""
        return None if self._beside_gap or self._is_cut else self._current

    def hole(self, hole: Hole) -> None:
        if hole.start < hole.stop or not self._is_cut:  # a cut member speaks for itself
            self.queue.append(hole)
        self._overrun = self._overrun or hole.overrun
        if self._current is not None:
            self._current.flag("beside_gap")
        self._beside_gap = True
        if hole.searched:
            self._order.doubt(hole.nested_until)

    def end(self, end: End) -> None:
        if end.marked and not self._overrun:
            return
        if self._current is not None:
            self._current.flag("no_eof_marker")
        if not (self._beside_gap or self._is_cut):
            self.queue.append(end)

    def rest(self) -> Iterator[Entry]:
        self.queue.extend(self._leading)  # a shard without any group
        while self.queue:
            yield self.take()

    def take(self) -> Entry:
        entry = self.queue.popleft()
        if type(entry) is Group:
            if len(self._seen) > _REMEMBERED_KEYS:
                self._seen = dict(islice(self._seen.items(), _REMEMBERED_KEYS // 2, None))
            if self._open.get(entry.key) is entry:
                del self._open[entry.key]
            if self._current is entry:
                self._current = None
        return entry

    def _begin(self, key: str, member: Member) -> Group:
        verdict = self._order.judge(key, member.start)
        begun = Group(key, member.start, verdict)
        earlier = self._seen.setdefault(hash(key.casefold()), member.start)
        if earlier != member.start:
            self._duplicate(begun, earlier)
        if self._leading:
            begun.start = self._leading[0].start
            for leading in self._leading:
                self._add(begun, None, leading)
            self._leading = []
        self._open[key] = begun
        self.queue.append(begun)
        return begun

    def _duplicate(self, begun: Group, earlier: int) -> None:
        begun.earlier = earlier
        begun.flag("duplicate_key")
        before = self._open.get(begun.key)
        if before is not None:
            before.flag("duplicate_key")

    @staticmethod
    def _starts_anew(found: Group, suffix: str) -> bool:
        """A suffix seen before starts a second pair of the same key if it is an image's or the one pairs start with;
        any other is a member written twice, and carried.
        """
        if suffix not in found.suffixes:
            return len(found.parts) >= MAX_MEMBERS
        first = next((part.suffix for part in found.parts if part.suffix is not None), None)
        return suffix == first or is_image_suffix(suffix)

    def _keyless(self, member: Member) -> None:
        if self._current is not None and len(self._current.parts) < MAX_MEMBERS:
            self._add(self._current, None, member)
        elif self._current is None and len(self._leading) < MAX_MEMBERS:
            self._leading.append(member)
        else:
            self.queue.append(member)
