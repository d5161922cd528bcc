"""Figures: years, amounts with a unit, and, where the language is not English, numbers before the same word.

What numbers the picture and not what is in it is left alone: sizes in pixels or bytes, and numbers at the end of
texts that are the same otherwise ("bee 2", "bee 3").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from burnish import edits
from burnish.passes.conflicts import OF_FILES, Read, apart

_AMOUNT = re.compile(r"(\d[\d.,/]*)\s*([^\W\d_]+(?:/h)?|%|\u00b0[cf])", re.IGNORECASE)
_COUNTED = re.compile(r"(?<![\w.,-])(\d{1,4})\s+([^\W\d_]{3,})")
_NAMED = re.compile(r"([^\W\d_]{2,})[ -]?(\d{1,5})(?!\w)")
_DIGITS = re.compile(r"\d+")
_LAST_NUMBER = re.compile(r"[\s_#-]*\d+\W*$")


def figures(one: Read, other: Read) -> Iterator[tuple[str, str, str]]:
    """See `Contradiction`."""
    if _LAST_NUMBER.sub("", one.text).casefold() == _LAST_NUMBER.sub("", other.text).casefold():
        return
    # In English the claims of number say it better; texts that differ in figures alone number a series ("grid 2 dots").
    words = not (one.english and other.english) and len({_DIGITS.sub("", each.text) for each in (one, other)}) > 1
    yield from apart(_figures(one.text, words=words), _figures(other.text, words=words))


def _figures(text: str, *, words: bool) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for span in edits.protected(text):
        for about, figure in _of_span(span.kind, text[span.start : span.stop].strip()):
            found[about].add(figure)
    for match in _COUNTED.finditer(text) if words else ():
        found[match[2].casefold()].add(match[1])
    return {about: values for about, values in found.items() if len(values) == 1}


def _of_span(kind: str, part: str) -> Iterator[tuple[str, str]]:
    """What a protected part of a text numbers, and the figure."""
    amount, named = _AMOUNT.fullmatch(part), _NAMED.fullmatch(part)
    if kind == "year":
        yield "year", part.rstrip("s")
    elif kind == "number" and amount and amount[2].casefold() not in OF_FILES:
        yield amount[2].casefold(), amount[1]
    elif kind == "name" and named:
        yield named[1].casefold(), named[2]


CONFLICT = figures
