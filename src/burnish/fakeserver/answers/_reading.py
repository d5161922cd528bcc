"""All the ways a capable model could read a text: encodings undone, hidden characters dropped, look-alikes folded.

What a datamark joins is not read: a character between its words that the system message speaks of makes it data
(spotlighting, arXiv 2403.14720).
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote

MAX_READINGS = 200
MAX_CHARS = 20_000
_ROUNDS = 3  # encodings inside encodings

_SINGLE = re.compile(r"""(?:^|(?<=[\s"'`(\u201c\u2018\u00ab]))(\S)(?=$|[\s"'`).,;:\u201d\u2019\u00bb])""")
_NAMED = re.compile(r"U\+([0-9A-Fa-f]{4,6})")
_MARK_KINDS = frozenset({"Co", "Lm", "Sk", "So", "Cf"})
_MARK_ASCII = frozenset("^~|")
_QUOTES = "\"'`\u201c\u2018\u00ab"


def readings(text: str, system: str) -> list[str]:
    """`text` and everything it decodes to, without what is marked as data."""
    marks = _marks(system)
    found: dict[str, None] = {}
    level = [text[:MAX_CHARS]]
    for _ in range(_ROUNDS):
        bare = dict.fromkeys(_without_data(reading, marks) for reading in level)
        fresh = [reading for reading in bare if reading.strip() and reading not in found]
        found.update(dict.fromkeys(fresh))
        if len(found) > MAX_READINGS:
            break
        level = [other for reading in fresh for decode in _DECODERS for other in decode(reading)]
    return list(found)[:MAX_READINGS]


def _marks(system: str) -> frozenset[str]:
    """Characters that the system message speaks of by themselves."""
    named = {chr(int(code, 16)) for code in _NAMED.findall(system) if int(code, 16) <= 0x10FFFF}
    private = {c for c in system if unicodedata.category(c) == "Co"}
    return frozenset(named | private | {m[1] for m in _SINGLE.finditer(system) if _is_mark(system, m)})


def _is_mark(system: str, match: re.Match[str]) -> bool:
    character, before = match[1], system[max(0, match.start() - 1) : match.start()]
    if character in _QUOTES:
        return False
    if unicodedata.category(character) in _MARK_KINDS or character in _MARK_ASCII:
        return True
    return bool(before) and before in _QUOTES and not character.isalnum()


_RUN = re.compile(r"\S+")


def _without_data(text: str, marks: frozenset[str]) -> str:
    """`text` without the runs of words that a mark joins, also where JSON has escaped the mark."""
    forms = [form for mark in marks for form in (mark, f"\\u{ord(mark):04x}", f"\\u{ord(mark):04X}") if form in text]
    if not forms:
        return text
    return _RUN.sub(lambda run: " " if any(form in run[0][1:-1] for form in forms) else run[0], text)


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def _json_strings(text: str) -> Iterator[str]:
    for match in _STRING.finditer(text):
        try:
            yield str(json.loads(match[0], strict=False))
        except ValueError:
            continue  # quotation marks that are no JSON


def _entities(text: str) -> Iterator[str]:
    yield html.unescape(text)
    if "%" in text:
        yield unquote(text)


_LOOK_ALIKE = str.maketrans(
    "авекмнорстухіјѕԁһԛԝӏАВЕКМНОРСТУХІЈЅαβεικνορτυχωγηΑΒΕΖΗΙΚΜΝΟΡΤΥΧɡɑıոսօցԍ",
    "abekmhopctyxijsdhqwlABEKMHOPCTYXIJSabeikvoptuxwynABEZHIKMNOPTYXgainuogG",
)
"""Cyrillic, Greek and Armenian letters that look like Latin ones."""


def _folded(text: str) -> Iterator[str]:
    """Hidden characters dropped, tag characters read as what they hide, compatibility forms and look-alikes folded."""
    shown = "".join(chr(ord(c) - 0xE0000) if 0xE0020 <= ord(c) <= 0xE007E else c for c in text)
    shown = "".join(c for c in shown if unicodedata.category(c) != "Cf" and not 0xFE00 <= ord(c) <= 0xFE0F)
    shown = unicodedata.normalize("NFKC", shown)
    yield shown
    yield shown.translate(_LOOK_ALIKE)


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")


def _blobs(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        blob = match[0].rstrip("=")
        yield from _printable(lambda blob=blob: base64.urlsafe_b64decode(_standard(blob)))  # type: ignore[misc]
    for match in _HEX.finditer(text):
        yield from _printable(lambda blob=match[0]: bytes.fromhex(blob))  # type: ignore[misc]


def _standard(blob: str) -> str:
    return blob.replace("+", "-").replace("/", "_") + "=" * (-len(blob) % 4)


def _printable(decode: Callable[[], bytes]) -> Iterator[str]:
    try:
        text = decode().decode("utf-8")
    except (binascii.Error, ValueError):
        return  # an ordinary word
    if len(text) >= 4 and all(c.isprintable() or c in "\n\t" for c in text):
        yield text


_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_*]){3,}\w(?!\w)")


def _closed_up(text: str) -> Iterator[str]:
    """``g i v e`` as give; two spaces part words."""
    yield _SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match[0]), text)


_DECODERS: tuple[Callable[[str], Iterator[str]], ...] = (_json_strings, _entities, _folded, _blobs, _closed_up)
