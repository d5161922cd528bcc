"""JSON as strangers write it: one strict parser and a splicer that leaves what is not ours as it was written.

The standard parser alone takes NaN, lets the last of two equal keys win, recurses until it dies and reads numbers of
any length (hazard 14). Here each of these is a `StrictJsonError`, so that a score never comes from the wrong key.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NoReturn

from burnish.values import Json

MAX_BYTES: Final = 16 << 20
"""One document; real sidecars and lines are 0.2 to 20 kB."""

MAX_DEPTH: Final = 64
"""Nesting; the parser is recursive and dies near 1,000."""

MAX_DIGITS: Final = 1000
"""Digits of one integer: conversion is quadratic, and Python itself refuses 4,300."""

_BOM: Final = b"\xef\xbb\xbf"
_WHITE: Final = " \t\n\r"
_SPACE: Final = re.compile(f"[{_WHITE}]*")
_SPELT_LETTER: Final = re.compile(r"\\u00[2-7]")  # of the escapes only these can stand in a key for a plain letter
# An unclosed string matches too: failing there and starting again would be quadratic.
_BRACKETS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)
# Legal inside JSON strings, but `str.splitlines` cuts a JSONL file there: we never write them bare.
_LINE_BREAKERS: Final = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


class StrictJsonError(ValueError):
    """The bytes are not one strict JSON object; the message says why, without quoting them."""


def parse(raw: bytes, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> dict[str, Json]:
    """The object in `raw` (UTF-8, a leading byte order mark is allowed). Raises `StrictJsonError`.

    Strings may hold lone surrogates, because JSON escapes can spell them.
    """
    if len(raw) > max_bytes:
        raise StrictJsonError(f"{len(raw)} bytes, more than {max_bytes}")
    text = _decoded(raw)
    if _too_deep(raw, max_depth):
        raise StrictJsonError(f"nested deeper than {max_depth}")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise StrictJsonError(f"not JSON: {error.msg} at character {error.pos}") from error
    if not isinstance(value, dict):
        raise StrictJsonError(f"not an object but {_kind(value)}")
    return value


def splice(raw: bytes, changes: Mapping[str, Json]) -> bytes:
    """`raw` with top-level `changes` made in place: a known key's value is replaced where it stands, new keys are
    appended in order. All other bytes stay, so numbers, spaces and escapes come back as they were written.

    `raw` must have passed `parse`. No changes give the same bytes.
    """
    if not changes:
        return raw
    text = raw.decode()
    if _has_none_of(text, changes):
        end = len(text[: text.rindex("}")].rstrip(_WHITE))
        return "".join((text[:end], "" if text[end - 1] == "{" else ", ", _members(changes), text[end:])).encode()
    spans, end = _spans(text)
    parts: list[str] = []
    at = 0
    for start, stop, key in sorted((*span, key) for key, span in spans.items() if key in changes):
        parts += (text[at:start], dumps(changes[key]))
        at = stop
    parts.append(text[at:end])
    fresh = {key: value for key, value in changes.items() if key not in spans}
    if fresh:
        parts += (", " if spans else "", _members(fresh))
    parts.append(text[end:])
    return "".join(parts).encode()


def dumps(value: Json) -> str:
    """`value` on one line, readable (no ASCII escapes), never with a bare line separator, never NaN."""
    text = _ENCODER.encode(value)
    return text if text.isascii() else text.translate(_LINE_BREAKERS)


def _members(changes: Mapping[str, Json]) -> str:
    return dumps(dict(changes))[1:-1]


def _has_none_of(text: str, keys: Iterable[str]) -> bool:
    """Whether it is plain at a glance that no key of the document is one of `keys`; False may mean: unknown.

    A first run's documents, where looking for each value would cost five times as much as all other work on them.
    """
    if _SPELT_LETTER.search(text):
        return False
    return all(key.isidentifier() and key.isascii() and f'"{key}"' not in text for key in keys)


def _decoded(raw: bytes) -> str:
    try:
        return raw.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        raise StrictJsonError(f"not UTF-8 at byte {error.start}") from error


def _too_deep(raw: bytes, cap: int) -> bool:
    """Counts only where the number of brackets allows trouble, which real documents never reach."""
    if raw.count(b"[") + raw.count(b"{") <= cap:
        return False
    depth = 0
    for token in _BRACKETS.finditer(raw):
        first = raw[token.start()]
        depth += (first in b"[{") - (first in b"]}")
        if depth > cap:
            return True
    return False


def _spans(text: str) -> tuple[dict[str, tuple[int, int]], int]:
    """Where each top-level value stands, and the offset just behind the last one."""
    spans: dict[str, tuple[int, int]] = {}
    at = end = text.index("{") + 1
    while True:
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        if text[at] == "}":
            return spans, end
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, text.index(":", at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        spans[key] = (start, end)
        at = end


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise StrictJsonError(f"key {twice[:80]!r} occurs twice")
    return value


def _constant(name: str) -> NoReturn:
    raise StrictJsonError(f"{name} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise StrictJsonError(f"an integer of {len(digits)} digits, more than {MAX_DIGITS}")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise StrictJsonError("a number beyond the range of a float")
    return value


def _kind(value: object) -> str:
    return {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(type(value), "a number")


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_constant, parse_int=_integer, parse_float=_float
)
