"""A group to items: which member is the image, where its text comes from, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from burnish.stores._strict_json import StrictJsonError
from burnish.stores._strict_json import parse as parse_json
from burnish.stores._tar.choose import beside, flags, pick_image
from burnish.stores._tar.group import Group
from burnish.stores._tar.order import Verdict
from burnish.stores._tar.payload import Payload
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import Member, Part, Sort
from burnish.texts import decode
from burnish.values import Fault, Gap, Item, Json, Origin, Pair, Reason

RAW_CAP_BYTES: Final = 16 << 20
"""Of what goes to quarantine at most this much is kept with its row; the rest is still in the source."""
MAX_TEXT_BYTES: Final = 16 << 20
"""A text or json member beyond this is no caption and no metadata: it is carried, not looked at."""
_SHOWN_NAME: Final = 255  # characters of a name in a row

TEXT_FROM: Final = ("txt", "json.caption", "json.text", "parquet.caption")
"""Where the text is taken from, first found wins: a member, a field of the json member, a side file's column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a user may set. `side_text(column, key)` looks into the shard's Parquet side file, None if not there."""

    side_text: Callable[[str, str], str | None]
    text_from: tuple[str, ...] = TEXT_FROM
    max_member_bytes: int = 256 << 20


class Builder:
    """Makes the items of one shard, numbering them from 0."""

    def __init__(self, source: Source, where: tuple[str, str], rules: Rules) -> None:
        """`where` is (source, shard name), the first parts of every origin."""
        self._source = source
        self._where = where
        self._rules = rules
        self._ordinal = -1

    def gap(self, reason: Reason, detail: str, start: int, stop: int) -> Gap:
        """Bytes that belong to no pair."""
        return Gap(origin=self._origin(), reason=reason, detail=detail, start=start, stop=stop)

    def whole_shard(self, reason: Reason, detail: str, first_bytes: int) -> Fault:
        """The shard as a whole is at fault; its first bytes tell what it really is."""
        size = self._source.size
        return Fault(
            origin=self._origin(),
            key=self._where[1],
            reason=reason,
            detail=f"{detail} ({size:,} bytes)",
            start=0,
            stop=size,
            raw=self._source.read(0, first_bytes),
            raw_size=size,
        )

    def lone(self, member: Member) -> Item:
        """A member no group wants: irregular ones, and those without a key in a shard without groups."""
        if member.sort is not Sort.IRREGULAR:
            return self._fault(Reason.NO_IMAGE, "a member without a key, and no pair to travel with", [member])
        detail = f"a {_KINDS.get(member.kind, f'member of type {member.kind:#04x}')}, not a file; never extracted"
        if member.size:
            return self._fault(Reason.NOT_REGULAR, detail, [member])
        return self.gap(Reason.NOT_REGULAR, detail, member.start, member.stop)

    def group(self, group: Group) -> Iterator[Item]:
        """The pair of a group, or its fault, and a fault for each member of it that is cut."""
        if group.verdict is Verdict.SMUGGLED:
            detail = "its header was found by searching, and its key does not continue the shard's order"
            yield self._group_fault(group, Reason.SMUGGLED, detail)
            return
        cut = [part.member for part in group.parts if part.member.sort is Sort.CUT] if group.cut else []
        whole = [part for part in group.parts if part.member.sort is Sort.FILE] if cut else group.parts
        image = pick_image(self._source, whole)
        if image < 0:
            yield self._imageless(group, cut)
            return
        size = whole[image].member.size
        if size > self._rules.max_member_bytes:
            detail = f"an image of {size:,} bytes, more than {self._rules.max_member_bytes:,}"
            yield self._group_fault(group, Reason.TOO_LARGE, detail)
            return
        if cut:
            group.flag("truncated_member")
        yield self._pair(group, whole, image)
        for member in cut:
            yield self._fault(Reason.TRUNCATED_MEMBER, _cut_detail(member), [member], group.key)

    def _origin(self) -> Origin:
        self._ordinal += 1
        return Origin(source=self._where[0], shard=self._where[1], ordinal=self._ordinal)

    def _group_fault(self, group: Group, reason: Reason, detail: str) -> Fault:
        return self._fault(reason, detail, [part.member for part in group.parts], group.key)

    def _fault(self, reason: Reason, detail: str, members: Sequence[Member], key: str = "") -> Fault:
        """A fault with the spans of `members` as its bytes."""
        raw = bytearray()
        for member in members:
            raw += self._source.read(member.start, min(member.stop, member.start + RAW_CAP_BYTES - len(raw)))
        return Fault(
            origin=self._origin(),
            key=key or members[0].name[:_SHOWN_NAME],
            reason=reason,
            detail=detail[:500],
            start=min(m.start for m in members),
            stop=max(m.stop for m in members),
            raw=bytes(raw),
            raw_size=sum(m.stop - m.start for m in members),
            members=tuple(m.name[:_SHOWN_NAME] for m in members),
        )

    def _imageless(self, group: Group, cut: list[Member]) -> Fault:
        if cut:
            return self._group_fault(group, Reason.TRUNCATED_MEMBER, "; ".join(_cut_detail(member) for member in cut))
        if group.earlier >= 0:
            detail = (
                f"no image here at byte {group.start:,}; key first seen at byte {group.earlier:,}, "
                "too far away to be put together again"
            )
            return self._group_fault(group, Reason.INCOMPLETE_PAIR, detail)
        return self._group_fault(group, Reason.NO_IMAGE, "none of its members is an image")

    def _pair(self, group: Group, parts: list[Part], image: int) -> Item:
        suffix, member, _, _ = parts[image]
        stem = (suffix or "").rpartition(".")[0]
        text_at, json_at = beside(parts, stem, "txt"), beside(parts, stem, "json")
        self._load(parts, image, member.size)
        self._load(parts, text_at, MAX_TEXT_BYTES)
        self._load(parts, json_at, MAX_TEXT_BYTES)
        if text_at >= 0 and parts[text_at].body is None:
            group.flag("text_too_large")
        fields, json_sound = _fields(parts, json_at)
        text = self._text(group.key, parts[text_at].body if text_at >= 0 else None, fields)
        if not json_sound:
            group.flag("bad_json")
            if text is None and any(place.startswith("json.") for place in self._rules.text_from):
                return self._group_fault(
                    group, Reason.BAD_JSON, "its text would be in its json member, which is not sound"
                )
        return Pair(
            origin=self._origin(),
            key=group.key,
            image=parts[image].body or b"",
            image_name=member.name,
            text=text or "",
            fields=fields,
            flags=flags(group, parts, image),
            payload=Payload(tuple(parts), image, text_at, json_at, member.name.rpartition(".")[0], json_sound),
        )

    def _load(self, parts: list[Part], at: int, max_bytes: int) -> None:
        """Read a member that was too large to be read in passing."""
        if at >= 0 and parts[at].body is None and parts[at].member.size <= max_bytes:
            member = parts[at].member
            head = self._source.read(member.start, member.data)
            body = self._source.read(member.data, member.data + member.size)
            parts[at] = Part(parts[at].suffix, member, head, body)

    def _text(self, key: str, text: bytes | None, fields: dict[str, Json]) -> str | None:
        for place in self._rules.text_from:
            if place == "txt":
                if text is not None:
                    return decode(text)
                continue
            kind, _, name = place.partition(".")
            value = fields.get(name) if kind == "json" else self._rules.side_text(name, key)
            if isinstance(value, str):
                return value
        return None


_KINDS: Final = {
    ord("0"): "sparse file",
    ord("1"): "hard link",
    ord("2"): "symbolic link",
    ord("3"): "character device",
    ord("4"): "block device",
    ord("5"): "folder",
    ord("6"): "FIFO",
    ord("S"): "sparse file",
}


def _cut_detail(member: Member) -> str:
    there = max(0, member.stop - member.data)
    return f"{member.name[:_SHOWN_NAME]!r} ends early: {there:,} of {member.size:,} bytes are there"


def _fields(parts: list[Part], json_at: int) -> tuple[dict[str, Json], bool]:
    """The json member's fields, and whether it is sound."""
    if json_at < 0:
        return {}, True
    body = parts[json_at].body
    return ({}, False) if body is None else fields_in(body)


def fields_in(body: bytes) -> tuple[dict[str, Json], bool]:
    """The fields of a json member, and whether it is sound: none if it is not."""
    usual = _parse_usual(body)
    if usual is not None:
        return usual, True
    try:
        return parse_json(body), True
    except StrictJsonError:
        return {}, False


def _parse_usual(body: bytes) -> dict[str, Json] | None:
    """The object in `body` if it is one that needs no strict parser, at a quarter of its cost; None says nothing.

    It is flat, and its quotes are those of its keys and strings: a key that occurs twice would leave some over.
    Numbers that orjson turns into floats because they are too long are left to the strict parser.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if type(value) is not dict:
        return None
    quotes = len(value)
    for one in value.values():
        kind = type(one)
        if kind is str:
            quotes += 1
        elif kind is dict or kind is list or (kind is float and not -_EXACT < one < _EXACT):
            return None
    return value if body.count(b'"') == 2 * quotes else None


_EXACT: Final = 2.0**53
