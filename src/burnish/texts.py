"""Texts as the web gives them: decoded without loss, stored safely, and cleaned for the eyes of a model or terminal.

Three forms of one text, never mixed up. The *original* is a str that may hold lone surrogates and everything else,
and is never changed. `storable` is what a file may hold (only unpaired surrogates replaced, bytes kept beside it).
`look` is what a model or a terminal may see (nothing invisible, nothing that steers, at most so many characters).
Every step takes time linear in the text.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from burnish.sensitive import holds_pii, holds_secret

MAX_CHARS = 2_000
"""Budget of a view: about 500 tokens. Alt texts have a median of some 10 words; what is longer is a page, not a
caption, and the first 2,000 characters tell so."""

MAX_MARKS = 8
"""Combining marks kept after one base: pointed Hebrew and Tibetan stacks need up to 4 or 5, a flood has dozens."""

_MAX_BACK = 64  # characters a cut may move back to spare a cluster; the longest emoji in use has 10
_MAX_URL_WORD = 2_000

FLAGS = (
    "invalid_unicode",
    "utf16",
    "byte_order_mark",
    "control_characters",
    "ansi_escape",
    "bidi_control",
    "invisible_characters",
    "combining_flood",
    "too_long",
    "empty",
    "digits_only",
    "file_name",
    "html",
    "url",
    "email",
    "mixed_scripts",
    "pii",
    "secret",
)
"""All flags `look` can give, in the order it gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """What may be seen of a text. `clean` has no lone surrogates, controls other than tab and newline, escapes,
    overrides or hidden characters, no outer white space, and at most the asked number of characters. `flags` is a
    subset of `FLAGS` in that order and says what was found, also in parts that were cut off, except for the flags
    from "empty" on, which speak of `clean`.
    """

    clean: str
    flags: tuple[str, ...]


# --- the original ----------------------------------------------------------------------------------------------

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_BYTES = re.compile("[\udc80-\udcff]+|[^\udc80-\udcff]+")


def decode(raw: bytes) -> str:
    """Text of a caption file: UTF-8, each invalid byte as a lone surrogate (PEP 383), so that nothing is lost:
    ``decode(raw).encode("utf-8", "surrogateescape") == raw``. A byte order mark stays in; `look` hides and flags it.
    """
    return raw.decode("utf-8", "surrogateescape")


def storable(text: str) -> tuple[str, str]:
    """(text that UTF-8, Parquet and JSON can hold, base64 of the original bytes or "" if nothing was replaced).

    Lone surrogates become U+FFFD; nothing else changes. In the bytes, escaped bytes are themselves again and other
    surrogates (from a JSON escape) have their three-byte form.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text), base64.b64encode(_original_bytes(text)).decode()
    return text, ""


def _original_bytes(text: str) -> bytes:
    parts = _ESCAPED_BYTES.findall(text)
    return b"".join(
        p.encode("utf-8", "surrogateescape" if "\udc80" <= p[0] <= "\udcff" else "surrogatepass") for p in parts
    )


# --- the view --------------------------------------------------------------------------------------------------

_ARABIC = "\u0600-\u08ff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"  # with Syriac, Thaana, N'Ko
_RTL = "\u0590-\u05ff\ufb1d-\ufb4f" + _ARABIC + "\U00010800-\U00010fff\U0001e800-\U0001eeff"
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1980-\u19df"  # Thai, Lao, Burmese, Khmer, New Tai Lue
_BRAHMIC = "\u0900-\u0dff\u0f00-\u0fff\u1000-\u109f\u1700-\u18af\u1900-\u1aaf\u1b00-\u1c4f\ua800-\ua8ff\ua930-\ua9df"
_IDEOGRAPH = "\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PICTOGRAPH = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u0f71-\u0f84\u0f86\u0f87\u0f8d-\u0fbc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe20-\ufe2f"
)

# Anything here sends the text through `_strip`; texts without (almost all) are done after one scan.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# Terminal sequences: CSI; OSC, DCS, SOS, PM, APC up to their terminator; two-character escapes. A string may not
# hold another introducer, so that text full of unclosed ones is still scanned once.
_ANSI = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*+[ -/]*+[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9b-\x9f]*+(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -/]*+[0-~]"
)
_NEWLINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_INVALID = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HAS_RTL = re.compile(f"[{_RTL}]")

# Hidden characters, each with the places where writing needs it. Emoji flags of nations are tag sequences.
_KEPT = (
    f"(?<=[{_ARABIC}{_BRAHMIC}])[\u200c\u200d]"
    f"|(?<=[{_PICTOGRAPH}\ufe0f])\u200d(?=[{_PICTOGRAPH}])"
    f"|(?<=[{_PICTOGRAPH}0-9#*])[\ufe0e\ufe0f]"
    f"|(?<=[{_IDEOGRAPH}])[\ufe00-\ufe02\U000e0100-\U000e01ef]"
    f"|(?<=[{_SPACELESS}])\u200b"
    "|(?<=[\u1820-\u18aa])[\u180b-\u180f]"
    "|(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
)
_DIRECTION_MARK = (
    "|(?<![A-Za-z0-9\u200e\u200f\u061c])[\u200e\u200f\u061c]|[\u200e\u200f\u061c](?![A-Za-z0-9\u200e\u200f\u061c])"
)
_HIDDEN = (
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_INVISIBLE = re.compile(f"({_KEPT})|{_HIDDEN}++")
_INVISIBLE_RTL = re.compile(f"({_KEPT}{_DIRECTION_MARK})|{_HIDDEN}++")
_UNSEEN = re.compile(f"({_KEPT})|{_ODD.pattern}")
_UNSEEN_RTL = re.compile(f"({_KEPT}{_DIRECTION_MARK})|{_ODD.pattern}")
_FLOOD = re.compile(f"([{_MARKS}]{{{MAX_MARKS}}})[{_MARKS}]++")

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--")
_URL = re.compile(r"(?i)\b(?:https?|ftp)://\S|\bwww\.[a-z0-9-]+\.[a-z]")
_EMAIL = re.compile(r"[A-Za-z0-9_%+-]@[A-Za-z0-9-]+\.[A-Za-z]")
_FILE_NAME = re.compile(
    r"(?i)\S{1,200}\.(?:jpe?g|jfif|png|gif|webp|bmp|tiff?|avif|svg|heic|psd|pdf|mp4|webm)"
    r"|(?:img|dsc|dscn|dscf|pict?|p|image|photo|screenshot|untitled|unnamed)[-_ ]?\d{3,20}(?:[-_]\d{1,20}){0,4}"
)
_CYRILLIC_OR_LOOKALIKE = (
    "\u0400-\u0482\u048a-\u052f\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03bf\u03bd\u03c1"
)
_MIXED = re.compile(f"[A-Za-z][{_CYRILLIC_OR_LOOKALIKE}]|[{_CYRILLIC_OR_LOOKALIKE}][A-Za-z]")


def look(text: str, max_chars: int = MAX_CHARS, *, entities: bool = False) -> TextView:
    """The view of `text`: cleaned, then cut to `max_chars` code points between grapheme clusters.

    Joiners stay where writing needs them (emoji sequences, Arabic, Indic scripts). `entities` decodes HTML
    character references first. Letters, case, inner spaces and normal form are never touched: what reads badly
    is for the rewrite to repair, with an explanation.
    """
    found: set[str] = set()
    if text.startswith(("\udcff\udcfe", "\udcfe\udcff")):
        text = _utf16(text, found)
    if entities and "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    if _ODD.search(text):
        text = _strip(text, found)
    if not text.isascii():
        text = _replace(_FLOOD, r"\1", text, "combining_flood", found)
    text = text.strip()
    if len(text) > max_chars:
        found.add("too_long")
        text = cut(text, max_chars).rstrip()
    found.update(_describe(text))
    return TextView(clean=text, flags=tuple(f for f in FLAGS if f in found))


def unseen(text: str) -> Iterator[int]:
    """Where characters of `text` stand that no reader sees or that steer how the rest is shown, as far as no writing
    needs them there: what a page has to make visible.
    """
    if _ODD.search(text):
        pattern = _UNSEEN_RTL if _HAS_RTL.search(text) else _UNSEEN
        yield from (found.start() for found in pattern.finditer(text) if found[1] is None)


def terminal(text: str, max_chars: int = 200) -> str:
    """`text` as one line that is safe to print: the view with all white space as single spaces, "…" where cut."""
    view = look(text, max_chars)
    return " ".join(view.clean.split()) + ("…" if "too_long" in view.flags else "")


def cut(text: str, max_chars: int) -> str:
    """The longest prefix of at most `max_chars` code points that does not split a grapheme cluster.

    Covers combining marks, joiners, variation selectors, skin tones, Hangul jamo, flags and CR LF; a cluster of
    more than 64 code points is split all the same.
    """
    if len(text) <= max_chars:
        return text
    for stop in range(max_chars, max(0, max_chars - _MAX_BACK), -1):
        if not _inside_cluster(text, stop):
            return text[:stop]
    return text[:max_chars] if max_chars > _MAX_BACK else ""


_EXTENDS = re.compile(
    f"[{_MARKS}\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef\u1160-\u11ff"
    "\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd"
    "\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03"
    "\u0d3b-\u0d4d\u0d81-\u0d83\u0dca-\u0ddf\u102b-\u103e\u1056-\u1059\u17b4-\u17d3]"
)
_JOINS_NEXT = re.compile("[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d\u200d]")  # viramas and ZWJ
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]*\\Z")


def _inside_cluster(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if _EXTENDS.match(after) or (before == "\r" and after == "\n"):
        return True
    if _JOINS_NEXT.match(before):
        return not after.isspace()
    if "\U0001f1e6" <= after <= "\U0001f1ff":  # a flag is two letters: an odd count before means we are in one
        run = _REGIONAL.search(text[max(0, at - _MAX_BACK) : at])
        return bool(run and len(run[0]) % 2)
    return False


def _utf16(text: str, found: set[str]) -> str:
    """Caption files saved as UTF-16 are common on Windows: half of their bytes would be stripped as NUL."""
    try:
        decoded = _original_bytes(text).decode("utf-16")
    except UnicodeDecodeError:
        return text
    found.add("utf16")
    return decoded


def _strip(text: str, found: set[str]) -> str:
    if text[0] == "\ufeff":
        found.add("byte_order_mark")
        text = text[1:]
    text = _replace(_ANSI, "", text, "ansi_escape", found)
    text = _NEWLINE.sub("\n", text)
    text = _replace(_CONTROL, "", text, "control_characters", found)
    text = _replace(_INVALID, "\ufffd", text, "invalid_unicode", found)
    text = _replace(_BIDI, "", text, "bidi_control", found)
    hidden = _INVISIBLE_RTL if _HAS_RTL.search(text) else _INVISIBLE
    return _replace(hidden, r"\1", text, "invisible_characters", found)


def _replace(pattern: re.Pattern[str], by: str, text: str, flag: str, found: set[str]) -> str:
    new = pattern.sub(by, text)
    if new != text:
        found.add(flag)
    return new


def _describe(text: str) -> list[str]:
    """Flags that speak of the cleaned and cut text; every search is bounded by its length."""
    if not text:
        return ["empty"]
    tests = (
        ("digits_only", not any(map(str.isalpha, text)) and any(map(str.isdigit, text))),
        ("file_name", len(text) <= _MAX_URL_WORD and _FILE_NAME.fullmatch(text) is not None),
        ("html", ("<" in text and _TAG.search(text)) or ("&" in text and _ENTITY.search(text))),
        ("url", ("://" in text or "www." in text.lower()) and _URL.search(text)),
        ("email", "@" in text and _EMAIL.search(text)),
        ("mixed_scripts", not text.isascii() and _MIXED.search(text)),
        ("pii", holds_pii(text)),
        ("secret", holds_secret(text)),
    )
    return [name for name, found in tests if found]
