"""Finding the way again where no sound header stands, without losing a byte unreported and without being led astray.

Three witnesses, in this order. The member before: if its payload lost bytes, the next header stands inside what its
size claims. The damaged header itself: its size may be right, then a sound header stands behind it. Else the next
sound header at any byte offset (bytes may have been inserted or dropped, so blocks need not be aligned any more).
An archive inside a payload has sound headers too; they are told apart by where their chain of headers leads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from burnish.stores._tar.header import BLOCK, WITHOUT_DATA, lenient_size, padded, parse
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import End, Hole, Member, Sort, Span
from burnish.values import Reason

MAGIC: Final = b"ustar"
_MAGIC_AT: Final = 257
_CHECKSUM_FROM_MAGIC: Final = 148 - _MAGIC_AT
_OCTAL: Final = frozenset(b"01234567 \0")

_CHUNK: Final = 1 << 20
_LOOK_BACK_BYTES: Final = 16 << 20
"""How far back a swallowed header is looked for: drops are mostly of one disk block or network chunk (<= 8 MiB)."""
_MAX_CANDIDATES: Final = 64
"""Headers tried inside one payload: a nested archive's chain is followed once, the rest are chance."""
_MAX_HEADERS: Final = 4096
"""Headers followed to see where a chain leads: more than a shard has behind most damage, 10 ms."""
_MARKER_BYTES: Final = 2 * BLOCK
_WILD_SIZE: Final = "a size that reaches to the end of the shard or over it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """The spans up to `pos`, from where the scan goes on, or which `ended` the shard; `last` is not given out yet."""

    spans: tuple[Span, ...]
    pos: int
    ended: bool = False
    last: Member | None = None


class Leads(Enum):
    """Where a chain of headers leads."""

    TO_MARK = auto()
    """Exactly to the place asked about."""
    PAST_MARK = auto()
    """Past it, to a sound header or the end."""
    TO_ZEROS = auto()
    """To an end-of-archive marker before it."""
    TO_THE_END = auto()
    """To an end-of-archive marker before it, with nothing behind that up to the end of the shard."""
    NOWHERE = auto()
    """To something that is no header, or over the end of the shard."""


def recover(source: Source, last: Member | None, pos: int, got: Member | int) -> Recovery:
    """What to do at `pos`, where there is no sound member: `got` is one that overruns the shard, or the position of
    the header that failed. `last` is the member before, not given out yet.
    """
    if isinstance(got, Member):
        return _overrun(source, last, got)
    before: tuple[Span, ...] = () if last is None else (last,)
    at = got
    used = _first_used(source, at)
    if used == source.size and at == pos:
        return _at_the_end(source, last, pos)
    swallowed = None if last is None else _swallowed(source, last, pos)
    if swallowed is not None and last is not None:
        whole = swallowed >= last.data + last.size  # only padding is missing
        cut = last._replace(stop=swallowed, sort=last.sort if whole else Sort.CUT)
        return Recovery(spans=(cut, _hole(source, swallowed, swallowed)), pos=swallowed)
    stop = _behind(source, at)
    if stop is not None:
        return Recovery(spans=(*before, _hole(source, pos, stop)), pos=stop)
    return Recovery(spans=(*before, *_tail(source, pos, at, used)), pos=source.size, ended=True)


def _at_the_end(source: Source, last: Member | None, pos: int) -> Recovery:
    """The end-of-archive marker. Where there is none, `last` may have a wild size that happens to reach the end: then
    the shard's own marker, and members in front of it, are inside. Archives by name hold such a marker by right.
    """
    marked = source.size - pos >= _MARKER_BYTES
    if last is not None and not marked and not last.name.lower().endswith(".tar"):
        inside = _chained(source, last.data, last.stop, (Leads.TO_THE_END,))
        if inside is not None:
            hole = _hole(source, last.start, inside, _WILD_SIZE)._replace(overrun=True)
            return Recovery(spans=(hole,), pos=inside)
    before: tuple[Span, ...] = () if last is None else (last,)
    return Recovery(spans=(*before, End(pos, source.size, marked=marked)), pos=source.size, ended=True)


def _tail(source: Source, pos: int, at: int, used: int) -> tuple[Span, ...]:
    """Nothing but damage up to the end; a marker in front of it counts."""
    if at == pos and used - at >= _MARKER_BYTES:
        detail = f"{source.size - used:,} bytes that are no members behind {used - pos:,} zero bytes"
        return Hole(pos, source.size, Reason.BAD_HEADER, detail), End(source.size, source.size, marked=True)
    detail = "no sound header from here to the end of the shard"
    return Hole(pos, source.size, Reason.BAD_HEADER, detail), End(source.size, source.size, marked=False)


def _overrun(source: Source, last: Member | None, got: Member) -> Recovery:
    """A header whose size goes over the end: the shard is cut in its payload, or the size is wild."""
    before: tuple[Span, ...] = () if last is None else (last,)
    inside = find_header(source, got.data, source.size)
    if inside is not None and follow(source, inside, source.size)[0] is not Leads.NOWHERE:
        hole = _hole(source, got.start, inside, _WILD_SIZE)._replace(overrun=True)
        return Recovery(spans=(*before, hole), pos=inside)
    stop = End(source.size, source.size, marked=False)
    if got.data > source.size:
        return Recovery(
            spans=(*before, Hole(got.start, source.size, Reason.BAD_HEADER, "cut inside a header"), stop),
            pos=source.size,
            ended=True,
        )
    sort = Sort.CUT if got.sort is Sort.FILE else got.sort
    cut = got._replace(stop=source.size, sort=sort)
    return Recovery(spans=(*before, cut, stop), pos=source.size, ended=True)


def _hole(source: Source, start: int, stop: int, what: str = "") -> Hole:
    doubtful = True
    if start == stop:
        what = "bytes missing from the payload before"
    elif not what and _first_used(source, start, stop) == stop:
        what = "zero bytes between members"
        # A whole marker: archives put one behind the other, nothing hidden. A single block may be a zeroed header.
        doubtful = stop - start < _MARKER_BYTES
    nested = -1
    if doubtful:
        leads, at = follow(source, stop, source.size)
        if leads is Leads.TO_ZEROS and find_header(source, at, source.size) is not None:
            nested = at
    return Hole(start, stop, Reason.BAD_HEADER, what or "no sound header", doubtful, nested)


def _swallowed(source: Source, last: Member, mark: int) -> int | None:
    """The header inside `last`'s payload that shows that bytes of it are missing: its chain leads past `mark`, while
    that of an archive inside the payload would end before it or at it.
    """
    return _chained(source, max(last.data, mark - _LOOK_BACK_BYTES), mark, (Leads.PAST_MARK,))


def _behind(source: Source, at: int) -> int | None:
    """Where the scan can go on behind the damaged header at `at`: where its size says its member ends, if the shard
    goes on there, else at the next header.
    """
    block = source.block(at)
    size = lenient_size(block)
    stop = -1 if size is None or block[_MAGIC_AT : _MAGIC_AT + 5] != MAGIC else at + BLOCK + padded(size)
    if stop < 0 or not _goes_on(source, stop):
        return find_header(source, at + 1, source.size)
    # An archive inside the payload ends before the payload does. If a chain of headers leads from inside of it to its
    # end and on, the size was hit as well, and would swallow sound members.
    hit = _chained(source, at + 1, stop, (Leads.TO_MARK, Leads.PAST_MARK, Leads.TO_THE_END))
    return stop if hit is None else hit


def _chained(source: Source, start: int, mark: int, wanted: tuple[Leads, ...]) -> int | None:
    """The first header in [start, mark) whose chain leads where it is `wanted`; chains that do not are passed over."""
    for _ in range(_MAX_CANDIDATES):
        found = find_header(source, start, mark)
        if found is None:
            return None
        leads, reached = follow(source, found, mark)
        if leads in wanted:
            return found
        start = found + 1 if leads is Leads.NOWHERE else max(found + 1, reached)
    return None


def _goes_on(source: Source, pos: int) -> bool:
    if pos >= source.size:
        return pos == source.size
    return _is_header(source, pos) or _first_used(source, pos) == source.size


def follow(source: Source, pos: int, mark: int) -> tuple[Leads, int]:
    """Where the chain of headers from `pos` leads as seen from `mark`, and the position reached."""
    for _ in range(_MAX_HEADERS):
        if pos == mark:
            return Leads.TO_MARK, pos
        if pos > mark:
            return (Leads.PAST_MARK if _goes_on(source, pos) else Leads.NOWHERE), pos
        head = parse(source.read(pos, pos + BLOCK))
        if head is None:
            used = _first_used(source, pos)
            zeros = Leads.TO_THE_END if used == source.size else Leads.TO_ZEROS
            return (zeros if used - pos >= _MARKER_BYTES else Leads.NOWHERE), pos
        pos += BLOCK + (0 if head[2] in WITHOUT_DATA else padded(head[1]))
    return Leads.PAST_MARK, pos


def find_header(source: Source, start: int, stop: int) -> int | None:
    """The first sound header with a magic in [start, stop), at any byte offset."""
    return next(_headers(source, start, stop), None)


def _headers(source: Source, start: int, stop: int) -> Iterator[int]:
    while start < stop:
        chunk = source.read(start, min(start + _CHUNK, stop) + BLOCK)
        hit = chunk.find(MAGIC, _MAGIC_AT)
        while 0 <= hit < _CHUNK + _MAGIC_AT:
            at = start + hit - _MAGIC_AT
            field = hit + _CHECKSUM_FROM_MAGIC
            if at < stop and _OCTAL.issuperset(chunk[field : field + 8]) and _is_header(source, at):
                yield at
            hit = chunk.find(MAGIC, hit + 1)
        start += _CHUNK


def _is_header(source: Source, at: int) -> bool:
    return parse(source.read(at, at + BLOCK)) is not None


def _first_used(source: Source, start: int, stop: int | None = None) -> int:
    """The first byte in [start, stop) that is not zero, `stop` if there is none."""
    stop = source.size if stop is None else stop
    while start < stop:
        chunk = source.read(start, min(start + _CHUNK, stop))
        rest = chunk.lstrip(b"\0")
        if rest:
            return start + len(chunk) - len(rest)
        start += len(chunk)
    return stop
