"""Members to groups: those of one key, in the order of their first members, whether adjacent or not.

The key is what webdataset takes: the path up to the first dot of its last part, case kept. A name without that dot
(or starting with one) has no key; it travels with the group it stands beside. Members of other groups may lie
between those of one, within a window; what comes later is a group of its own, and says where the other part lies.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from burnish.stores._tar.order import Order, Verdict
from burnish.stores._tar.spans import End, Hole, Member, Sort, Span

WINDOW_GROUPS: Final = 256
"""Open groups: writers with parallel threads finish out of order by their number, 8 to 64."""
WINDOW_BYTES: Final = 64 << 20
"""From the first byte of the oldest open group: its images are read again, out of a page cache that still has them."""
MAX_MEMBERS: Final = 4096
"""Of one group; more are a group of their own, so that ten million members of one key need no memory (hazard 9)."""
_REMEMBERED_KEYS: Final = 200_000
"""Keys known as seen, to flag duplicates: 20 MB. Shards have 1,000 to 10,000 pairs."""
_IMAGE_SUFFIXES: Final = frozenset(
    ("jpg", "jpeg", "png", "webp", "gif", "bmp", "avif", "tif", "tiff", "heic", "heif", "jxl", "jp2", "svg", "ppm")
)


def is_image_suffix(suffix: str) -> bool:
    """Whether a lower-case suffix ("jpg", "left.png") says image."""
    return suffix.rpartition(".")[2] in _IMAGE_SUFFIXES


class Group:
    """Members of one key. `parts` are (lower-case suffix or None for members without a key, member), in order."""

    __slots__ = ("earlier", "flags", "key", "parts", "start", "suffixes", "verdict")

    def __init__(self, key: str, start: int, verdict: Verdict, earlier: int) -> None:
        """`earlier` is where this key was first seen in the shard, -1 if it was not."""
        self.key = key
        self.start = start
        self.verdict = verdict
        self.earlier = earlier
        self.parts: list[tuple[str | None, Member]] = []
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


def group(spans: Iterable[Span]) -> Iterator[Entry]:
    """Entries in the order of their first bytes."""
    grouper = _Grouper()
    for span in spans:
        if type(span) is Member and span.sort is not Sort.IRREGULAR:
            grouper.member(span)
        elif isinstance(span, Hole):
            grouper.hole(span)
        elif isinstance(span, End):
            grouper.end(span)
        elif isinstance(span, Member):
            grouper.queue.append(span)
        yield from grouper.ripe(span.stop)
    yield from grouper.rest()


class _Grouper:
    def __init__(self) -> None:
        self.queue: deque[Entry] = deque()
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
        found = self._current
        if found is None or found.key != key:
            found = self._open.get(key)
        if found is None or (suffix in found.suffixes and self._starts_anew(found, suffix)):
            found = self._begin(key, member)
        found.parts.append((suffix, member))
        found.suffixes.add(suffix)
        self._current = found
        self._is_cut = member.sort is Sort.CUT
        if self._beside_gap:
            found.flag("beside_gap")
            self._beside_gap = False

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

    def ripe(self, pos: int) -> Iterator[Entry]:
        """Entries that nothing can be added to any more."""
        queue = self.queue
        while len(queue) > WINDOW_GROUPS or (len(queue) > 1 and pos - queue[0].start > WINDOW_BYTES):
            yield self._take()

    def rest(self) -> Iterator[Entry]:
        self.queue.extend(self._leading)  # a shard without any group
        while self.queue:
            yield self._take()

    def _take(self) -> Entry:
        entry = self.queue.popleft()
        if isinstance(entry, Group):
            if self._open.get(entry.key) is entry:
                del self._open[entry.key]
            if self._current is entry:
                self._current = None
        return entry

    def _begin(self, key: str, member: Member) -> Group:
        verdict = self._order.judge(key, member.start)
        mark = hash(key.casefold())
        earlier = self._seen.setdefault(mark, member.start)
        if len(self._seen) > _REMEMBERED_KEYS:
            del self._seen[next(iter(self._seen))]
        begun = Group(key, member.start, verdict, -1 if earlier == member.start else earlier)
        if begun.earlier >= 0:
            begun.flag("duplicate_key")
            before = self._open.get(key)
            if before is not None:
                before.flag("duplicate_key")
        if self._leading:
            begun.start = self._leading[0].start
            begun.parts.extend((None, m) for m in self._leading)
            self._leading = []
        self._open[key] = begun
        self.queue.append(begun)
        return begun

    @staticmethod
    def _starts_anew(found: Group, suffix: str) -> bool:
        """A suffix seen before starts a second pair of the same key if it is an image's or the one pairs start with;
        any other is a member written twice, and carried.
        """
        first = next((s for s, _ in found.parts if s is not None), None)
        return suffix == first or is_image_suffix(suffix) or len(found.parts) >= MAX_MEMBERS

    def _keyless(self, member: Member) -> None:
        if self._current is not None and len(self._current.parts) < MAX_MEMBERS:
            self._current.parts.append((None, member))
        elif self._current is None and len(self._leading) < MAX_MEMBERS:
            self._leading.append(member)
        else:
            self.queue.append(member)
