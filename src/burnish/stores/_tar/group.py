"""Members to groups: those of one key, in the order of their first members, whether adjacent or not.

The key is what webdataset takes: the path up to the first dot of its last part, case kept. A name without that dot
(or starting with one) has no key; it travels with the group it stands beside. Members of other groups may lie
between those of one, within a window; what comes later is a group of its own, and says where the other part lies.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from itertools import islice
from typing import Final, TypeAlias

from burnish.stores._tar.order import Order, Verdict
from burnish.stores._tar.scan import scan
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import End, Hole, Member, Part, Sort, Span
from burnish.stores._tar.sprint import AT_ONCE, Run, sprint

WINDOW_GROUPS: Final = 64
"""Open groups: writers with parallel threads finish out of order by their number, 8 to 64."""
WINDOW_BYTES: Final = 64 << 20
"""From the first byte of the oldest open group: its images are read when it is complete, from a warm page cache."""
CARRIED_BYTES: Final = 1 << 20
"""Members up to this size travel with their pair, `MAX_CARRIED_BYTES` of one pair; others are read when needed."""
MAX_CARRIED_BYTES: Final = 16 << 20
MAX_MEMBERS: Final = 4096
"""Of one group; more are a group of their own, so that ten million members of one key need no memory (hazard 9)."""
_REMEMBERED_KEYS: Final = 200_000
"""Keys known as seen, to flag duplicates: 20 MB; then the older half is forgotten. Shards have 1,000 to 10,000."""
_new: Final = tuple.__new__  # a named tuple's own constructor takes twice as long
_QUIET: Final = 64
"""Members without incident after which the short way is tried again."""
_IMAGE_SUFFIXES: Final = frozenset(
    ("jpg", "jpeg", "png", "webp", "gif", "bmp", "avif", "tif", "tiff", "heic", "heif", "jxl", "jp2", "svg", "ppm")
)


def is_image_suffix(suffix: str) -> bool:
    """Whether a lower-case suffix ("jpg", "left.png") says image."""
    return suffix.rpartition(".")[2] in _IMAGE_SUFFIXES


class Group:
    """Members of one key, in order."""

    __slots__ = ("complete", "cut", "earlier", "flags", "key", "parts", "start", "suffixes", "verdict")

    def __init__(self, key: str, start: int, verdict: Verdict, parts: list[Part], suffixes: set[str]) -> None:
        """`earlier` is where this key was first seen in the shard, -1 if it was not. `complete`: no payload is left
        to be read.
        """
        self.key = key
        self.start = start
        self.verdict = verdict
        self.earlier = -1
        self.complete = False
        self.cut = False
        self.parts = parts
        self.suffixes = suffixes
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


def group(source: Source) -> Iterator[Entry]:
    """Entries of a shard in the order of their first bytes."""
    grouper = _Grouper(source)
    pos = 0
    while pos >= 0:
        pos = yield from _short_way(grouper, source, pos)
        pos = yield from _general_way(grouper, scan(source, pos))
    yield from grouper.rest()


def _short_way(grouper: _Grouper, source: Source, pos: int) -> Generator[Entry, None, int]:
    queue = grouper.queue
    take_run = grouper.take_run
    for run in sprint(source, pos):
        if not run[3]:
            pos = run[1]
            break
        take_run(run)
        while len(queue) > WINDOW_GROUPS or (len(queue) > 1 and run[2] - queue[0].start > WINDOW_BYTES):
            yield grouper.take()
    return pos


def _general_way(grouper: _Grouper, spans: Iterator[Span]) -> Generator[Entry, None, int]:
    """Until nothing unusual has come by for a while; gives where that was, -1 at the end."""
    queue = grouper.queue
    quiet = 0
    for span in spans:
        grouper.take_in(span)
        pos = span.stop
        while len(queue) > WINDOW_GROUPS or (len(queue) > 1 and pos - queue[0].start > WINDOW_BYTES):
            yield grouper.take()
        quiet = quiet + 1 if grouper.is_quiet() and isinstance(span, Member) else 0
        if quiet >= _QUIET:
            return pos
    return -1


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
        named = split_name(member.name)
        if named is None:
            self._keyless(member)
            return
        key, suffix = named
        found = self._current = self._open.get(key) or self._begin(key, member.start)
        if self._starts_anew(found, suffix):
            found = self._current = self._begin(found.key, member.start)
        self._add(found, suffix, member)
        found.suffixes.add(suffix)
        self._is_cut = member.sort is Sort.CUT
        found.cut = found.cut or self._is_cut
        if self._beside_gap:
            found.flag("beside_gap")
            self._beside_gap = False

    def _add(self, group: Group, suffix: str | None, member: Member) -> None:
        _, start, data, size, _, sort, _, head = member
        group.complete = False
        head = head or self._source.read(start, data)
        body = self._source.read(data, data + size) if size <= AT_ONCE and sort is Sort.FILE else None
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

    def take_run(self, run: Run) -> None:
        """A run is a group of its own, unless its key is open already."""
        key, start, _, parts, suffixes, complete = run
        if key in self._open or self._leading or self._beside_gap or self._is_cut:
            for part in parts:
                self.member(part.member)
            return
        begun = Group(key, start, self._order.judge(key, start), parts, suffixes)
        begun.complete = complete
        earlier = self._seen.setdefault(hash(key.casefold()), start)
        if earlier != start:
            self._duplicate(begun, earlier)
        self._current = self._open[key] = begun
        self.queue.append(begun)

    def is_quiet(self) -> bool:
        """Whether nothing but its key decides what becomes of the next member."""
        return not (self._beside_gap or self._is_cut)

    def hole(self, hole: Hole) -> None:
        if hole.start < hole.stop or not self._is_cut:  # a cut member speaks for itself
            self.queue.append(hole)
        self._overrun = self._overrun or hole.overrun
        if self._current is not None:
            self._current.flag("beside_gap")
        self._beside_gap = True
        if hole.doubtful:
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
            if not entry.complete:
                self._fill(entry)
        return entry

    def _fill(self, group: Group) -> None:
        """Read what was left for later."""
        room = MAX_CARRIED_BYTES
        for at, (suffix, member, head, body) in enumerate(group.parts):
            size = member.size
            if body is None and size <= CARRIED_BYTES and size <= room and member.sort is Sort.FILE:
                room -= size
                group.parts[at] = _new(Part, (suffix, member, head, self._source.read(member.data, member.data + size)))

    def _begin(self, key: str, start: int) -> Group:
        verdict = self._order.judge(key, start)
        begun = Group(key, start, verdict, [], set())
        earlier = self._seen.setdefault(hash(key.casefold()), start)
        if earlier != start:
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
