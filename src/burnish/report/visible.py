"""Strangers' texts on a page: escaped, and nothing in them hidden.

What no reader sees, or what would turn the text round it, is shown by its code point. The marks hold no quotes, so that
even inside of an attribute by mistake they could not end it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from itertools import groupby

import orjson
from markupsafe import Markup, escape

from burnish.edits import pieces
from burnish.storage.redact import redact, redacted
from burnish.texts import cut, storable, terminal, unseen
from burnish.values import Json

MAX_CHARS = 600
"""Of a text on the page; how much more there is, is said."""

MAX_JSON_CHARS = 2_000
"""Of a text inside of a pair's JSON."""

MAX_MARKED = 60
"""Runs of unseen characters that are marked one by one; a text of nothing else would be longer than all others."""

_TAGS = {"kept": "", "gone": "del", "come": "ins"}
_SHORT = {"\r": "CR", "\x00": "NUL", "\x1b": "ESC", "\u00ad": "SHY", "\u200b": "ZWSP", "\u200d": "ZWJ", "\ufeff": "BOM"}


def visible(text: str, most: int = MAX_CHARS) -> Markup:
    """`text` for a page, at most so many characters of it."""
    text = redact(storable(text)[0])
    shown = cut(text, most)
    marked = _marked(shown)
    more = len(text) - len(shown)
    return Markup("{}<span class=more> … {:,} more characters</span>").format(marked, more) if more else marked


def in_attribute(text: str) -> Markup:
    """`text` inside of an attribute's quotes: one line, nothing that is unseen."""
    return escape(terminal(redact(storable(text)[0]), 200))


def word_diff(before: str, after: str, most: int = MAX_CHARS) -> Markup:
    """Both texts as one: what went in ``del``, what came in ``ins``."""
    found, more = _pieces(before, after, most)
    parts = [_tagged(tag, _marked(piece)) for tag, piece in found]
    tail = Markup("<span class=more> … {:,} more characters</span>").format(more) if more > 0 else Markup()
    return Markup().join(parts) + tail


def parts(before: str, after: str, most: int = MAX_CHARS) -> tuple[list[list[str]], int]:
    """As `word_diff`, for a script that writes text alone: [tag, text, spoken] one after the other, where `spoken` is
    "" unless the text stands for a character that nobody would see; and how many more characters there are.
    """
    found, more = _pieces(before, after, most)
    whole = [(tag, "".join(text for _, text in group)) for tag, group in groupby(found, key=lambda each: each[0])]
    return [[tag, shown, spoken] for tag, text in whole for shown, spoken in _split(text)], max(0, more)


def _pieces(before: str, after: str, most: int) -> tuple[list[tuple[str, str]], int]:
    """(tag, text) of both texts as one, and by how many characters the longer one goes on."""
    old, new = cut(redact(storable(before)[0]), most), cut(redact(storable(after)[0]), most)
    found = [(_TAGS[kind], piece) for kind, piece in pieces(old, new) if piece]
    return found, max(len(before) - len(old), len(after) - len(new))


def plain(text: str, most: int = MAX_CHARS) -> str:
    """`text` for where there is no markup at all: what nobody would see by its name."""
    shown = cut(redact(storable(text)[0]), most)
    return "".join(f"<{part}>" if spoken else part for part, spoken in _split(shown)) + "\N{HORIZONTAL ELLIPSIS}" * (
        shown != text
    )


def as_json(value: Mapping[str, Json]) -> Markup:
    """`value` as JSON to be read and copied: long texts cut, what is unseen escaped."""
    return escape(json_text(value))


def json_text(value: Mapping[str, Json]) -> str:
    """The same for where there is no markup."""
    # Before the cut: half of a key is a key too.
    text = orjson.dumps(_cut(redacted(value)), option=orjson.OPT_INDENT_2).decode()
    at = set(unseen(text))
    return "".join(_escaped(letter) if i in at else letter for i, letter in enumerate(text)) if at else text


def _tagged(kind: str, inner: Markup) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(kind), inner) if kind else inner  # noqa: S704 -- "del" or "ins"


def _marked(text: str) -> Markup:
    return Markup().join(_mark(shown, spoken) if spoken else escape(shown) for shown, spoken in _split(text))


def _split(text: str) -> Iterator[tuple[str, str]]:
    """The text in order: (text, ""), and for what is unseen (its short name, its name in full)."""
    at = 0
    for runs, (start, stop) in enumerate(_runs(text, list(unseen(text)))):
        if at < start:
            yield text[at:start], ""
        if runs < MAX_MARKED:
            yield _named(text[start], stop - start)
        at = stop
    if at < len(text):
        yield text[at:], ""


def _runs(text: str, found: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbours that are the same character as one span."""
    for _, group in groupby(enumerate(found), key=lambda each: (each[1] - each[0], text[each[1]])):
        at = [place for _, place in group]
        yield at[0], at[-1] + 1


def _named(letter: str, times: int) -> tuple[str, str]:
    name = _SHORT.get(letter) or f"U+{ord(letter):04X}"
    often = f" x {times:,}" if times > 1 else ""
    return name + often, unicodedata.name(letter, "a control character").lower()


def _mark(shown: str, spoken: str) -> Markup:
    return Markup("<span class=u>{}<span class=vh> {}</span></span>").format(shown, spoken)


def _escaped(letter: str) -> str:
    raw = letter.encode("utf-16-be")
    return "".join(f"\\u{raw[i]:02x}{raw[i + 1]:02x}" for i in range(0, len(raw), 2))


def _cut(value: Json | Mapping[str, Json]) -> Json:
    if isinstance(value, str):
        if len(value) <= MAX_JSON_CHARS:
            return value
        shown = cut(value, MAX_JSON_CHARS)
        return f"{shown} … {len(value) - len(shown):,} more characters"
    if isinstance(value, Mapping):
        return {name: _cut(each) for name, each in value.items()}
    return [_cut(each) for each in value] if isinstance(value, list) else value
