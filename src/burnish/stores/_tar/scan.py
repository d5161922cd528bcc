"""A shard as spans, front to back. Sound headers go by quickly; damage is handed to `resync`.

A member is given out only after what follows it was found sound, because a payload that lost bytes shows first there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from burnish.stores._tar.header import (
    BLOCK,
    GNU_LINK,
    GNU_NAME,
    GNU_SPARSE,
    MAX_META_BYTES,
    META,
    PAX_GLOBAL,
    REGULAR,
    WITHOUT_DATA,
    Head,
    padded,
    parse,
    pax_records,
    to_text,
)
from burnish.stores._tar.resync import Recovery, recover
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import End, Hole, Member, Note, Sort, Span
from burnish.values import Reason

_PLAIN: Final = ord("0")
_SPARSE_MORE: Final = 482  # offset of GNU's "isextended" byte; in the extension blocks it is the one at 504
_SPARSE_MORE_NEXT: Final = 504


def scan(source: Source) -> Iterator[Span]:
    """Spans that tile `source`: [0, a), [a, b), ... up to its size; the last one that is not a `Hole` is an `End`."""
    last: Member | None = None
    pos = 0
    size = source.size
    while pos < size:
        head = parse(source.block(pos))
        if head is not None and head.kind == _PLAIN and not head.name.endswith("/"):
            data = pos + BLOCK
            got: Member | Note | int = Member(head.name, pos, data, head.size, data + ((head.size + 511) & ~511))
        else:
            got = _unusual(source, pos, head)
        if type(got) is Member and got.data + got.size <= size:
            if last is not None:
                yield last
            last = got if got.stop <= size else got._replace(stop=size)
            pos = last.stop
        else:
            found = _noted(source, last, got) if isinstance(got, Note) else recover(source, last, pos, got)
            yield from found.spans
            last, pos = None, found.pos
            if found.ended:
                return
    if last is not None:
        yield last
    yield End(size, size, marked=False)


def _unusual(source: Source, pos: int, head: Head | None) -> Member | Note | int:
    """The member at `pos` with all headers it needs; if one of them is not sound, that one's position."""
    if head is None:
        return pos
    if head.kind == PAX_GLOBAL and pos + BLOCK + head.size <= source.size:
        return Note(pos, min(source.size, pos + BLOCK + padded(head.size)))
    at = pos
    name, size, sparse = "", -1, False
    while head.kind in META:
        if head.size > MAX_META_BYTES or at + BLOCK + head.size > source.size:
            return at
        told = _told(head.kind, source.read(at + BLOCK, at + BLOCK + head.size))
        if told is None:
            return at
        name, size, sparse = told[0] or name, told[1] if told[1] >= 0 else size, told[2] or sparse
        at += BLOCK + padded(head.size)
        following = parse(source.block(at))
        if following is None:
            return at
        head = following
    return _member(source, (pos, at), Head(name or head.name, size if size >= 0 else head.size, head.kind), sparse)


def _told(kind: int, payload: bytes) -> tuple[str, int, bool] | None:
    """What a PAX or GNU block says of the next header: name ("" if silent), size (-1), whether it is sparse."""
    if kind == GNU_NAME:
        return to_text(payload), -1, False
    if kind in (GNU_LINK, PAX_GLOBAL):
        return "", -1, False
    records = pax_records(payload)
    if records is None:
        return None
    size = records.get("size", b"-1")
    if not (size == b"-1" or (size.isdigit() and len(size) <= 19)):  # 19 digits: the 63-bit sizes of filesystems
        return None
    return to_text(records.get("path", b"")), int(size), any(key.startswith("GNU.sparse.") for key in records)


def _member(source: Source, where: tuple[int, int], head: Head, sparse: bool) -> Member:  # noqa: FBT001
    start, at = where
    data = at + BLOCK
    folder = head.name.endswith("/")
    if head.kind in WITHOUT_DATA or (folder and head.kind in REGULAR):
        return Member(head.name, start, data, 0, data, Sort.IRREGULAR, ord("5") if folder else head.kind)
    if head.kind == GNU_SPARSE:
        data = _behind_sparse_map(source, at)
    sort = Sort.FILE if head.kind in REGULAR and not sparse else Sort.IRREGULAR
    return Member(head.name, start, data, head.size, data + padded(head.size), sort, head.kind)


def _behind_sparse_map(source: Source, at: int) -> int:
    more = source.block(at)[_SPARSE_MORE]
    at += BLOCK
    while more and at < source.size:
        block = source.block(at)
        more = len(block) == BLOCK and block[_SPARSE_MORE_NEXT]
        at += BLOCK
    return min(at, source.size)


def _noted(source: Source, last: Member | None, note: Note) -> Recovery:
    """A global header may carry comments, not names or sizes: one that renames all that follows is an attack."""
    before: tuple[Span, ...] = () if last is None else (last,)
    records = pax_records(source.read(note.start + BLOCK, min(note.stop, note.start + BLOCK + MAX_META_BYTES)))
    if records is not None and not records.keys() & {"path", "size", "linkpath"}:
        return Recovery(spans=(*before, note), pos=note.stop)
    detail = "a global header that is malformed or sets name or size of all that follows; not obeyed"
    return Recovery(spans=(*before, Hole(note.start, note.stop, Reason.BAD_HEADER, detail)), pos=note.stop)
