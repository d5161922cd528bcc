"""What a shard is made of: spans that tile it from the first byte to the last, without overlap."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from burnish.values import Reason


class Sort(StrEnum):
    """What kind of member: only a `FILE` can be part of a pair."""

    FILE = "file"
    CUT = "cut"
    """A file whose payload ends early: [data, stop) is what is there, `size` what the header says."""
    IRREGULAR = "irregular"
    """Folder, link, device, FIFO, sparse file or an unknown type: reported, never followed or extracted."""


class Member(NamedTuple):
    """One member, with the PAX or GNU headers in front of it. A tuple because it is made three times a pair.

    Byte offsets in the shard: `start` of its first header, `data` of the payload, `stop` behind the padding. `head` is
    [start, data) if that was at hand, else empty.
    """

    name: str
    start: int
    data: int
    size: int
    stop: int
    sort: Sort = Sort.FILE
    kind: int = ord("0")
    head: bytes = b""


class Part(NamedTuple):
    """A member within its group: its lower-case suffix (None if its name has no key), its headers as found, and its
    payload, None where that is too large to travel or cut.
    """

    suffix: str | None
    member: Member
    head: bytes
    body: bytes | None


class Hole(NamedTuple):
    """Bytes that belong to no member. `doubtful`: where it ends is a conclusion, so what follows is only as
    trustworthy as its keys; up to `nested_until` it looks like an archive inside a payload.
    `overrun`: a header claims more bytes than there are, so that the end of the shard is in doubt.
    """

    start: int
    stop: int
    reason: Reason
    detail: str
    doubtful: bool = False
    nested_until: int = -1
    overrun: bool = False


class Note(NamedTuple):
    """A global PAX header: a comment for our purposes."""

    start: int
    stop: int


class End(NamedTuple):
    """The end-of-archive marker and what pads it; `marked` is False if there is none (the shard may be cut here)."""

    start: int
    stop: int
    marked: bool


Span: TypeAlias = Member | Hole | Note | End
