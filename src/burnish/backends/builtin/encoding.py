"""Repairs of broken encoding, markup and spacing: language-independent, never a change of words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from burnish import edits
from burnish.backends.builtin.changes import Change
from burnish.mojibake import repair

_WHY_ENCODING = "letters were broken by a wrong encoding or by HTML escapes"
_BLOCK = r"(?:br|p|div|li|ul|ol|tr|td|th|table|h[1-6]|hr|center|blockquote)"
_INLINE = r"(?:a|b|i|u|s|em|strong|span|font|small|big|sub|sup|img|code|abbr|cite)"
_TAG = re.compile(rf"</?(?:(?P<block>{_BLOCK})|{_INLINE})(?:\s[^<>]{{0,300}})?/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--[^<>]{0,300}-->")
_SPACES = re.compile(r"[^\S\n]{2,}|[\t\u00a0]|\s*\n\s*")
_SPACE_BEFORE = re.compile(r"(?<=[^\W\d_]) +(?=,(?:\s|$))|(?<=[^\W\d_]{2}) +(?=\.$)")  # "!" has one in French
_NO_SPACE_AFTER = re.compile(r"(?<=[^\W\d_]{2}),(?=[^\W\d_]{2})")
_DOUBLED = re.compile(r"([,;])\1+(?=\s|$)")


def encoding(text: str) -> Iterator[Change]:
    """What `repair` does, as changes."""
    repaired = repair(text)
    if repaired != text:
        yield from as_changes(text, repaired, _WHY_ENCODING)


def as_changes(before: str, after: str, why: str) -> Iterator[Change]:
    """The word differences of two texts as changes of the first."""
    shift = 0
    for edit in edits.diff(before, after, why):
        start = edit.start - shift
        yield Change(start=start, stop=start + len(edit.before), after=edit.after, why=why)
        shift += len(edit.after) - len(edit.before)


def markup(text: str) -> Iterator[Change]:
    """HTML tags go; a block's tag leaves a space between words."""
    if "<" not in text:
        return
    spans = [(m.start(), m.end(), bool(m["block"])) for m in _TAG.finditer(text)]
    spans += [(m.start(), m.end(), True) for m in _COMMENT.finditer(text)]
    for start, stop, block in sorted(spans):
        glue = block and start > 0 and stop < len(text) and not (text[start - 1].isspace() or text[stop].isspace())
        yield Change(start=start, stop=stop, after=" " if glue else "", why="HTML markup", junk=True)


def spacing(text: str) -> Iterator[Change]:
    """Single spaces, none before a comma, one after it, single marks, no space around the whole."""
    inner = text.strip()
    start = text.find(inner) if inner else 0
    found = [(m.start(), m.end(), " ", "white space") for m in _SPACES.finditer(text)]
    found += [(m.start(), m.end(), "", "white space before a mark") for m in _SPACE_BEFORE.finditer(text)]
    found += [(m.start(), m.end(), ", ", "no space after a comma") for m in _NO_SPACE_AFTER.finditer(text)]
    found += [(m.start(), m.end(), m[1], "doubled mark") for m in _DOUBLED.finditer(text)]
    last = start + len(inner)
    found = [change for change in found if change[0] >= start and last >= change[1]]
    found += [(0, start, "", "white space"), (last, len(text), "", "white space")]
    for first, stop, after, why in sorted(found):
        if first < stop:
            yield Change(start=first, stop=stop, after=after, why=why)
