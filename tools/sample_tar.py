"""Tar bytes for the bundled sample: whole shards as img2dataset packs them, and one that is broken in ten ways."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

BLOCK = 512
Member = tuple[str, bytes]
Pair = list[Member]


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One way of being broken: at which pair (0-based), what was done, what must come of it."""

    number: int
    pair: int
    what: str
    outcome: str


DAMAGE = (
    Damage(
        number=1,
        pair=2,
        what="`999990002.jpg`: one bit of its tar header is flipped",
        outcome="the image is a gap, `bad_header`; its text and json are in quarantine, `no_image`",
    ),
    Damage(
        number=2,
        pair=19,
        what="the file ends inside `999990019.jpg`, no end-of-archive marker",
        outcome="quarantine, `truncated_member`",
    ),
    Damage(
        number=3,
        pair=4,
        what="`999990004.json` is cut in the middle",
        outcome="in the output: its text lives in the `.txt`; flag `bad_json`",
    ),
    Damage(number=4, pair=6, what="`999990006` has no image", outcome="quarantine, `no_image`"),
    Damage(
        number=5,
        pair=8,
        what="`999990008.jpg` is an HTML error page",
        outcome="quarantine, `format_not_allowed`",
    ),
    Damage(
        number=6,
        pair=10,
        what="`999990010.png` is a 16-bit grey PNG",
        outcome="in the output; 16 bits are scaled for the model, the file is untouched",
    ),
    Damage(
        number=7,
        pair=12,
        what="the key `999990011` stands on two pairs",
        outcome="both in the output, flag `duplicate_key`",
    ),
    Damage(
        number=8,
        pair=13,
        what="members of `999990013` and `999990014` are interleaved",
        outcome="both in the output, whole",
    ),
    Damage(
        number=9,
        pair=15,
        what="`999990015.txt` holds a lone surrogate (bytes ED A0 BD)",
        outcome="in the output; U+FFFD for the model, flag `invalid_unicode`",
    ),
    Damage(
        number=10,
        pair=17,
        what="`999990017.txt` holds an ANSI colour, a bidi override and a zero-width space",
        outcome="in the output; stripped for model and terminal, flagged, the stored original keeps them",
    ),
)

HTML = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"


def pack(members: Sequence[Member], *, end: bool = True) -> bytes:
    """A ustar archive with the owner and mode that WebDataset writers use, time 0; `end` False: no trailer."""
    out = io.BytesIO()
    for name, payload in members:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = len(payload), 0o444, 0
        info.uname = info.gname = "bigdata"
        out.write(info.tobuf(tarfile.USTAR_FORMAT))
        out.write(payload + b"\0" * (-len(payload) % BLOCK))
    if end:
        out.write(b"\0" * (2 * BLOCK))
    return out.getvalue()


def broken(pairs: list[Pair]) -> bytes:
    """The pairs with every `DAMAGE` done to them."""
    for number, harm in _HARMS.items():
        harm(pairs, next(d.pair for d in DAMAGE if d.number == number))
    members = [member for pair in pairs for member in pair]
    archive = bytearray(pack(members, end=False))
    flipped = _offset(members, pairs[DAMAGE[0].pair][0][0])
    archive[flipped + 3] ^= 0x10  # a character of the name: the header's checksum no longer fits
    last = _offset(members, pairs[DAMAGE[1].pair][0][0])
    return bytes(archive[: last + BLOCK + len(pairs[DAMAGE[1].pair][0][1]) // 2])


def _offset(members: Sequence[Member], name: str) -> int:
    """Where the header of the member `name` starts."""
    offset = 0
    for other, payload in members:
        if other == name:
            return offset
        offset += BLOCK + len(payload) + -len(payload) % BLOCK
    raise KeyError(name)


def _cut_json(pairs: list[Pair], at: int) -> None:
    name, payload = pairs[at][1]
    pairs[at][1] = (name, payload[: len(payload) // 2])


def _no_image(pairs: list[Pair], at: int) -> None:
    del pairs[at][0]


def _html(pairs: list[Pair], at: int) -> None:
    pairs[at][0] = (pairs[at][0][0], HTML)


def _png16(pairs: list[Pair], at: int) -> None:
    name, jpeg = pairs[at][0]
    grey = np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"), dtype=np.uint16) * 257
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG")
    pairs[at][0] = (name.replace(".jpg", ".png"), file.getvalue())


def _same_key(pairs: list[Pair], at: int) -> None:
    key, before = pairs[at][0][0].split(".")[0], pairs[at - 1][0][0].split(".")[0]
    pairs[at] = [(name.replace(key, before), payload) for name, payload in pairs[at]]


def _interleave(pairs: list[Pair], at: int) -> None:
    one, two = pairs[at], pairs[at + 1]
    pairs[at], pairs[at + 1] = [one[0], two[0], one[1], two[1]], [one[2], two[2]]


def _surrogate(pairs: list[Pair], at: int) -> None:
    name, payload = pairs[at][2]
    pairs[at][2] = (name, payload + b" \xed\xa0\xbd")


def _control(pairs: list[Pair], at: int) -> None:
    name, payload = pairs[at][2]
    pairs[at][2] = (name, b"\x1b[31m" + payload + "\u202e\u200b\x1b[0m".encode())


_HARMS: dict[int, Callable[[list[Pair], int], None]] = {
    3: _cut_json,
    4: _no_image,
    5: _html,
    6: _png16,
    7: _same_key,
    8: _interleave,
    9: _surrogate,
    10: _control,
}
