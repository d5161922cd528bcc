"""Where the sentences of a caption end. Nothing is lost: the sentences, put together again, are the text."""

from __future__ import annotations

import re

_STOP = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[」』”）]*)\s*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“])(?:mr|mrs|ms|dr|prof|st|mt|no|nr|vol|fig|vs|ca|approx|etc|inc|ltd|co|jr|sr|gen|col|capt|lt|sgt"
    r"|rev|hon|gov|sen|rep|e\.g|i\.e|[^\W\d_]|(?:[^\W\d_]\.)+[^\W\d_])\.$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?…。！？][\"'”’»)\]」』）]*\s*$")


def split(text: str) -> list[str]:
    """The sentences of `text` in order, each with the white space that follows it; a text without a stop is one.

    A stop after an abbreviation or an initial ("Dr.", "J.") ends no sentence, nor does one before a small letter.
    """
    found, start = [], 0
    for stop in _STOP.finditer(text):
        if stop.end() < len(text) and not _ends_here(text, stop):
            continue
        found.append(text[start : stop.end()])
        start = stop.end()
    return [*found, text[start:]] if start < len(text) else found


def finished(text: str) -> bool:
    """Whether `text` ends as a sentence does; a text that was cut does not."""
    return _ENDS.search(text) is not None


def _ends_here(text: str, stop: re.Match[str]) -> bool:
    if text[stop.end()].islower():
        return False
    marks = stop[0].strip()
    return marks != "." or _ABBREVIATION.search(text[max(0, stop.start() - 12) : stop.start() + 1]) is None
