"""Which member of a group is what: by name and by first bytes, because names lie (hazards 12 and 13)."""

from __future__ import annotations

from typing import Final

from burnish.stores._tar.group import Group, is_image_suffix
from burnish.stores._tar.images import agrees, sniff
from burnish.stores._tar.order import Verdict
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import Part

_TEXTS: Final = frozenset(("txt", "json", "cls", "caption", "text", "url", "id", "jsonl", "yaml", "csv", "npy"))
"""Suffixes of what is no image, whatever its first bytes say."""
_ONE_IMAGE: Final = frozenset(("jpg", "txt", "json"))  # the usual members: nothing to count
_SAFE_NAME_CHARS: Final = 255  # the limit of a path part on common filesystems


def pick_image(source: Source, parts: list[Part]) -> int:
    """The image's place in `parts`, -1 if there is none: suffix and first bytes agree, else first bytes alone, else
    suffix alone; a plain suffix before a dotted one ("jpg" before "seg.png"), then the first.
    """
    best, best_rank = -1, _NO_IMAGE
    for at, part in enumerate(parts):
        if part[0] not in _TEXTS:
            rank = _rank(source, part)
            if rank < best_rank:
                best, best_rank = at, rank
    return best


_NO_IMAGE: Final = 6


def _rank(source: Source, part: Part) -> int:
    suffix = part.suffix
    if suffix is None:
        return _NO_IMAGE
    called = is_image_suffix(suffix)
    first = part.body[:16] if part.body is not None else source.read(part.member.data, part.member.data + 16)
    if sniff(first):
        return (0 if called else 2) + ("." in suffix)
    return 4 + ("." in suffix) if called else _NO_IMAGE


def beside(parts: list[Part], stem: str, kind: str) -> int:
    """The member of this kind that goes with the image: "left.txt" with "left.png", else plain "txt"; -1 if none."""
    suffixes = [part[0] for part in parts]
    if stem and f"{stem}.{kind}" in suffixes:
        return suffixes.index(f"{stem}.{kind}")
    return suffixes.index(kind) if kind in suffixes else -1


def flags(group: Group, parts: list[Part], image: int) -> tuple[str, ...]:
    """What the reader noticed about a pair."""
    suffix, member, _, body = parts[image]
    if group.verdict is Verdict.RECOVERED:
        group.flag("recovered")
    if not group.suffixes <= _ONE_IMAGE and sum(is_image_suffix(s) for s in group.suffixes) > 1:
        group.flag("two_images")
    if not agrees(suffix or "", (body or b"")[:16]):
        group.flag("suffix_mismatch")
    if not (group.key.isdigit() and (suffix or "").isalnum() and _is_short(member.name)) and not _is_safe(member.name):
        group.flag("unsafe_name")
    return tuple(group.flags)


def _is_short(name: str) -> bool:
    return len(name) <= _SAFE_NAME_CHARS


def _is_safe(name: str) -> bool:
    """Whether the name could be a path below a folder and be printed. It is used as neither."""
    folders = name.replace("\\", "/").split("/")
    has_drive = len(name) > 1 and name[1] == ":"
    return _is_short(name) and name.isprintable() and not (name[0] in "/\\" or has_drive or ".." in folders)
