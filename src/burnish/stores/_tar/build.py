"""A group to items: which member is the image, where its text comes from, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from burnish.stores._strict_json import StrictJsonError
from burnish.stores._strict_json import parse as parse_json
from burnish.stores._tar.group import Group, is_image_suffix
from burnish.stores._tar.images import named, sniff
from burnish.stores._tar.order import Verdict
from burnish.stores._tar.payload import Kept, Payload
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import Member, Sort
from burnish.texts import decode
from burnish.values import Fault, Gap, Item, Json, Origin, Pair, Reason

RAW_CAP_BYTES: Final = 16 << 20
"""Of what goes to quarantine at most this much is kept with its row; the rest is still in the source."""
CARRIED_BYTES: Final = 1 << 20
"""Members up to this size travel with their pair; larger ones are read again when they are written."""
MAX_TEXT_BYTES: Final = 16 << 20
"""A text or json member beyond this is not a caption; it is carried like any other member."""
_UNSAFE_NAME_CHARS: Final = 255  # the limit of a path part on common filesystems

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
            return self.fault(Reason.NO_IMAGE, "a member without a key, and no pair to travel with", [member])
        detail = f"a {_KINDS.get(member.kind, f'member of type {member.kind:#04x}')}, not a file; never extracted"
        if member.size:
            return self.fault(Reason.NOT_REGULAR, detail, [member])
        return self.gap(Reason.NOT_REGULAR, detail, member.start, member.stop)

    def group(self, group: Group) -> Iterator[Item]:
        """The pair of a group, or its fault, and a fault for a member of it that is cut."""
        members = [m for _, m in group.parts]
        cut = [m for m in members if m.sort is Sort.CUT]
        if group.verdict is Verdict.SMUGGLED:
            detail = "its header was found by searching, and its key does not continue the shard's order"
            yield self.fault(Reason.SMUGGLED, detail, members, group.key)
            return
        whole = [(s, m) for s, m in group.parts if m.sort is Sort.FILE] if cut else group.parts
        image = _pick_image(self._source, whole)
        if image < 0:
            yield self._imageless(group, members, bool(cut))
            return
        if whole[image][1].size > self._rules.max_member_bytes:
            detail = f"an image of {whole[image][1].size:,} bytes, more than {self._rules.max_member_bytes:,}"
            yield self.fault(Reason.TOO_LARGE, detail, members, group.key)
            return
        if cut:
            group.flag("truncated_member")
        yield self._pair(group, whole, image)
        for member in cut:
            yield self.fault(Reason.TRUNCATED_MEMBER, _cut_detail(member), [member], group.key)

    def fault(self, reason: Reason, detail: str, members: list[Member], key: str = "") -> Fault:
        """A fault with the spans of `members` as its bytes."""
        raw = bytearray()
        for member in members:
            raw += self._source.read(member.start, min(member.stop, member.start + RAW_CAP_BYTES - len(raw)))
        return Fault(
            origin=self._origin(),
            key=key or members[0].name[:_UNSAFE_NAME_CHARS],
            reason=reason,
            detail=detail[:500],
            start=min(m.start for m in members),
            stop=max(m.stop for m in members),
            raw=bytes(raw),
            raw_size=sum(m.stop - m.start for m in members),
            members=tuple(m.name[:_UNSAFE_NAME_CHARS] for m in members),
        )

    def _origin(self) -> Origin:
        self._ordinal += 1
        return Origin(source=self._where[0], shard=self._where[1], ordinal=self._ordinal)

    def _imageless(self, group: Group, members: list[Member], cut: bool) -> Fault:  # noqa: FBT001
        if cut:
            detail = "; ".join(_cut_detail(m) for m in members if m.sort is Sort.CUT)
            return self.fault(Reason.TRUNCATED_MEMBER, detail, members, group.key)
        if group.earlier >= 0:
            detail = (
                f"no image here at byte {group.start:,}; key first seen at byte {group.earlier:,}, "
                "too far away to be put together again"
            )
            return self.fault(Reason.INCOMPLETE_PAIR, detail, members, group.key)
        return self.fault(Reason.NO_IMAGE, "none of its members is an image", members, group.key)

    def _pair(self, group: Group, parts: list[tuple[str | None, Member]], image: int) -> Item:
        source = self._source
        suffix, member = parts[image]
        content = source.read(member.data, member.data + member.size)
        stem_suffix = (suffix or "").rpartition(".")[0]
        text_at, json_at = _beside(parts, stem_suffix, "txt"), _beside(parts, stem_suffix, "json")
        kept = tuple([_kept(source, m, at == image) for at, (_, m) in enumerate(parts)])
        fields, json_sound = _fields(kept, json_at)
        if not json_sound:
            group.flag("bad_json")
        text = self._text(group.key, kept, text_at, fields)
        if text is None and not json_sound and any(f.startswith("json.") for f in self._rules.text_from):
            detail = "its text would be in its json member, which is not sound"
            return self.fault(Reason.BAD_JSON, detail, [m for _, m in parts], group.key)
        _flag(group, parts, image, content)
        return Pair(
            origin=self._origin(),
            key=group.key,
            image=content,
            image_name=member.name,
            text=text or "",
            fields=fields,
            flags=tuple(group.flags),
            payload=Payload(kept, image, text_at, json_at, member.name.rpartition(".")[0], json_sound),
        )

    def _text(self, key: str, kept: tuple[Kept, ...], text_at: int, fields: dict[str, Json]) -> str | None:
        for place in self._rules.text_from:
            kind, _, name = place.partition(".")
            if kind == "txt":
                if text_at >= 0 and kept[text_at].raw:
                    return decode(kept[text_at].raw[kept[text_at].at :])
            else:
                value = fields.get(name) if kind == "json" else self._rules.side_text(name, key)
                if isinstance(value, str):
                    return value
        return None


_KINDS: Final = {
    ord("1"): "hard link",
    ord("2"): "symbolic link",
    ord("3"): "character device",
    ord("4"): "block device",
    ord("5"): "folder",
    ord("6"): "FIFO",
    ord("S"): "sparse file",
    ord("0"): "sparse file",
}


def _cut_detail(member: Member) -> str:
    there = max(0, member.stop - member.data)
    return f"{member.name[:_UNSAFE_NAME_CHARS]!r} ends early: {there:,} of {member.size:,} bytes are there"


def _kept(source: Source, member: Member, is_image: bool) -> Kept:  # noqa: FBT001
    name, start, data, size = member[:4]
    if is_image:
        return Kept(name, source.read(start, data), data - start, size, start)
    raw = source.read(start, data + size) if size <= CARRIED_BYTES else b""
    return Kept(name, raw, data - start, size, start)


def _beside(parts: list[tuple[str | None, Member]], stem: str, kind: str) -> int:
    """The member of this kind that goes with the image: "left.txt" with "left.png", else plain "txt"."""
    suffixes = [suffix for suffix, _ in parts]
    if stem and f"{stem}.{kind}" in suffixes:
        return suffixes.index(f"{stem}.{kind}")
    return suffixes.index(kind) if kind in suffixes else -1


def _fields(kept: tuple[Kept, ...], json_at: int) -> tuple[dict[str, Json], bool]:
    if json_at < 0:
        return {}, True
    member = kept[json_at]
    if not member.raw:
        return {}, False
    try:
        return parse_json(member.raw[member.at :], MAX_TEXT_BYTES), True
    except StrictJsonError:
        return {}, False


def _pick_image(source: Source, parts: list[tuple[str | None, Member]]) -> int:
    """By suffix and first bytes, then by first bytes alone, then by suffix alone; a plain suffix before a dotted one.
    -1 if there is none.
    """
    best, best_rank = -1, 9
    for at, (suffix, member) in enumerate(parts):
        if suffix is None:
            continue
        called = is_image_suffix(suffix)
        if not called and suffix in _TEXTS:
            continue
        is_image = bool(sniff(source.read(member.data, member.data + 16))) if member.size > 3 else False
        if not (called or is_image):
            continue
        rank = (0 if called and is_image else 2 if is_image else 4) + ("." in suffix)
        if rank < best_rank:
            best, best_rank = at, rank
    return best


_TEXTS: Final = frozenset(("txt", "json", "cls", "caption", "text", "url", "id", "jsonl", "yaml", "csv", "npy"))


def _flag(group: Group, parts: list[tuple[str | None, Member]], image: int, content: bytes) -> None:
    if group.verdict is Verdict.RECOVERED:
        group.flag("recovered")
    if sum(1 for s, _ in parts if s is not None and is_image_suffix(s)) > 1:
        group.flag("two_images")
    if sniff(content[:16]) != named(parts[image][0] or ""):
        group.flag("suffix_mismatch")
    key = group.key
    if len(key) > _UNSAFE_NAME_CHARS or key.startswith("/") or ".." in key or "\\" in key or not key.isprintable():
        group.flag("unsafe_name")
