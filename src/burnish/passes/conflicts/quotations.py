"""What is quoted, as read in the picture: a sign that says "OPEN" against one that says "EXIT". Of any language.

Two quotations say the same if one holds the other, or if they have the same digits and nearly the same letters.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from burnish import edits
from burnish.passes.conflicts import Read

_MARKS = "\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
_NEARLY = 80.0


def quotations(one: Read, other: Read) -> Iterator[tuple[str, str, str]]:
    """See `Contradiction`."""
    mine, theirs = _quoted(one.text), _quoted(other.text)
    if mine and theirs and not any(_same(a, b) for a in mine for b in theirs):
        yield "text", ", ".join(sorted(mine)), ", ".join(sorted(theirs))


def _quoted(text: str) -> set[str]:
    spans = (span for span in edits.protected(text) if span.kind == "quote")
    found = (" ".join(edits.words(text[span.start : span.stop].strip(_MARKS))) for span in spans)
    return {quoted for quoted in found if quoted}


def _same(one: str, other: str) -> bool:
    if f" {one} " in f" {other} " or f" {other} " in f" {one} ":
        return True
    digits = [[c for c in text if c.isdigit()] for text in (one, other)]
    return digits[0] == digits[1] and fuzz.ratio(one, other) >= _NEARLY


CONFLICT = quotations
