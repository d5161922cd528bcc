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
from burnish.stores._tar.spans import Hole, Member, Note, Sort, Span
from burnish.values import Reason

_PLAIN: Final = ord("0")
_new: Final = tuple.__new__  # a named tuple's own constructor takes twice as long
_SPARSE_MORE: Final = 482  # offset of GNU's "isextended" byte; in the extension blocks it is the one at 504
_SPARSE_MORE_NEXT: Final = 504


def scan(source: Source, pos: int = 0) -> Iterator[Span]:
    """Spans that tile `source` from `pos`, where one must begin, up to its size; one of them is an `End`."""
    last: Member | None = None
    total = source.size
    while True:
        at = pos - source.base
        block = source.window[at : at + BLOCK] if at >= 0 else b""
        if len(block) != BLOCK:
            block = source.block(pos)
        head = parse(block)
        if head is not None:
            name, size, kind = head
            data = pos + BLOCK
            stop = data + ((size + 511) & ~511)
            if kind == _PLAIN and stop <= total and name[-1] != "/":
                if last is not None:
                    yield last
                last = _new(Member, (name, pos, data, size, stop, Sort.FILE, _PLAIN, block))
                pos = stop
                continue
        found = _step(source, last, pos, head)
        yield from found.spans
        last, pos = found.last, found.pos
        if found.ended:
            return


def _step(source: Source, last: Member | None, pos: int, head: Head | None) -> Recovery:
    """One step where there is no plain member: a longer header, a member without padding at the end, or damage."""
    got = _unusual(source, pos, head)
    before: tuple[Span, ...] = () if last is None else (last,)
    if isinstance(got, Note):
        return Recovery(spans=(*before, _noted(source, got)), pos=got.stop)
    if isinstance(got, Member) and got.data + got.size <= source.size:
        whole = got if got.stop <= source.size else got._replace(stop=source.size)
        return Recovery(spans=before, pos=whole.stop, last=whole)
    return recover(source, last, pos, got)


def _unusual(source: Source, pos: int, head: Head | None) -> Member | Note | int:
    """The member at `pos` with all headers it needs; if one of them is not sound, that one's position."""
    if head is None:
        return pos
    name, size, kind = head
    if kind == PAX_GLOBAL and pos + BLOCK + size <= source.size:
        return Note(pos, min(source.size, pos + BLOCK + padded(size)))
    at = pos
    told_name, told_size, sparse = "", -1, False
    while kind in META:
        if size > MAX_META_BYTES or at + BLOCK + size > source.size:
            return at
        told = _told(kind, source.read(at + BLOCK, at + BLOCK + size))
        if told is None:
            return at
        told_name, told_size, sparse = told[0] or told_name, max(told[1], told_size), told[2] or sparse
        at += BLOCK + padded(size)
        following = parse(source.block(at))
        if following is None:
            return at
        name, size, kind = following
    size = told_size if told_size >= 0 else size
    return _member(source, (pos, at), (told_name or name, size, kind), sparse)


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
    name, size, kind = head
    data = at + BLOCK
    folder = name.endswith("/")
    if kind in WITHOUT_DATA or (folder and kind in REGULAR):
        return Member(name, start, data, 0, data, Sort.IRREGULAR, ord("5") if folder else kind)
    if kind == GNU_SPARSE:
        data = _behind_sparse_map(source, at)
    sort = Sort.FILE if kind in REGULAR and not sparse else Sort.IRREGULAR
    return Member(name, start, data, size, data + padded(size), sort, kind)


def _behind_sparse_map(source: Source, at: int) -> int:
    more = source.block(at)[_SPARSE_MORE]
    at += BLOCK
    while more and at < source.size:
        block = source.block(at)
        more = len(block) == BLOCK and block[_SPARSE_MORE_NEXT]
        at += BLOCK
    return min(at, source.size)


def _noted(source: Source, note: Note) -> Span:
    """A global header may carry comments, not names or sizes: one that renames all that follows is an attack."""
    records = pax_records(source.read(note.start + BLOCK, min(note.stop, note.start + BLOCK + MAX_META_BYTES)))
    if records is not None and not records.keys() & {"path", "size", "linkpath"}:
        return note
    detail = "a global header that is malformed or sets name or size of all that follows; not obeyed"
    return Hole(note.start, note.stop, Reason.BAD_HEADER, detail)
