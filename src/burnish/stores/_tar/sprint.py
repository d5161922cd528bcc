"""The short way through what shards mostly are: plain members, those of one key adjacent, nothing wrong.

It does in one loop what `scan` and `group` do in general, at half the cost a pair, and stops at the first thing that
is not usual: a longer header, damage, another suffix, the end. The run of members it was in is then left to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from burnish.stores._tar.header import BLOCK, parse
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import Member, Part, Sort

AT_ONCE: Final = 256 << 10
"""Members up to this size are read as they pass by, larger ones when their group is complete: what waits in the
window of open groups is bounded by this, and one image in a hundred is larger."""

_USUAL: Final = frozenset(("jpg", "jpeg", "png", "webp", "json", "txt", "cls"))
_PLAIN: Final = ord("0")
_new: Final = tuple.__new__  # a named tuple's own constructor takes twice as long


class Run(NamedTuple):
    """Adjacent members of one key with different suffixes, followed by a sound header: [start, stop). Without parts:
    the sprint is over, at `start`.
    """

    key: str
    start: int
    stop: int
    parts: list[Part]
    suffixes: set[str]
    complete: bool
    """Whether every payload is there."""


def sprint(source: Source, pos: int) -> Iterator[Run]:
    """Runs from `pos` on, and in the end one without parts."""
    total, start = source.size, pos
    dotted, width = "/", 1  # no name of a member in the run starts with this
    parts: list[Part] = []
    suffixes: set[str] = set()
    complete = True
    while pos < total:
        at = pos - source.base
        block = source.window[at : at + BLOCK] if at >= 0 else b""
        if len(block) != BLOCK:
            block = source.block(pos)
        head = parse(block)
        if head is None:
            break
        name, size, kind = head
        if not name.startswith(dotted):
            if parts:
                yield _new(Run, (dotted[:-1], start, pos, parts, suffixes, complete))
            dotted = name[: name.find(".", name.rfind("/") + 1) + 1]
            start, width = pos, len(dotted)
            parts, suffixes, complete = [], set(), True
        suffix = name[width:]
        data = pos + BLOCK
        stop = data + ((size + 511) & ~511)
        if kind != _PLAIN or stop > total or suffix not in _USUAL or suffix in suffixes or dotted[-2:-1] in _NO_KEY:
            break
        body = None
        if size <= AT_ONCE:
            body = source.read(data, data + size)
        else:
            complete = False
        member = _new(Member, (name, pos, data, size, stop, _FILE, _PLAIN, block))
        parts.append(_new(Part, (suffix, member, block, body)))
        suffixes.add(suffix)
        pos = stop
    yield Run("", start, start, [], suffixes, complete)


_FILE: Final = Sort.FILE
_NO_KEY: Final = ("", "/")  # what stands before the dot of a name that has none, or starts with it
