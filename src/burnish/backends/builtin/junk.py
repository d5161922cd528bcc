"""Junk spans: parts of a caption that say nothing about the image (shop talk, credits, file names, addresses).

Pure and linear in the text. What is drawn or meant can look the same ("a sign that says buy now", a banknote's $5,
a Boeing 747), so when in doubt a span is not junk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from burnish.backends.builtin import filenames
from burnish.backends.builtin.boilerplate import DEPICTED, KINDS
from burnish.backends.builtin.kinds import REACH, Kind, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class JunkSpan:
    """Characters `start` to `stop` (exclusive) are junk of a `kind`; `why` says so in plain words."""

    start: int
    stop: int
    kind: str
    why: str


_QUOTED = re.compile(r"\"[^\"\n]{1,200}\"|\u201c[^\u201d\n]{1,200}\u201d|\u00ab[^\u00bb\n]{1,200}\u00bb")


def spans(text: str) -> tuple[JunkSpan, ...]:
    """The junk in `text`, in order and apart from each other; nothing inside quotation marks is junk.

    Where two spans overlap, the one that begins first stands, and of those the longer one.
    """
    depicted = DEPICTED.search(text) is not None
    found = [span for kind in KINDS if not (kind.depictable and depicted) for span in _of_kind(kind, text)]
    found += [JunkSpan(start=start, stop=stop, kind="file_name", why=why) for start, stop, why in filenames.spans(text)]
    quoted = bytearray(len(text))
    for match in _QUOTED.finditer(text):
        quoted[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    chosen: list[JunkSpan] = []
    for span in sorted(found, key=lambda span: (span.start, -span.stop)):
        apart = not chosen or span.start >= chosen[-1].stop
        if apart and not (quoted[span.start] and quoted[span.stop - 1]):
            chosen.append(span)
    return tuple(chosen)


def _of_kind(kind: Kind, text: str) -> Iterator[JunkSpan]:
    offset = max(0, len(text) - REACH) if kind.where is Where.TAIL else 0
    seen = {Where.HEAD: text[:REACH], Where.TAIL: text[offset:], Where.ANYWHERE: text}[kind.where]
    for match in kind.pattern.finditer(seen):
        start, stop = match.span("junk") if "junk" in kind.pattern.groupindex else match.span()
        if start < stop and kind.fits(match):
            yield JunkSpan(start=offset + start, stop=offset + stop, kind=kind.kind, why=kind.why)


def share(text: str) -> float:
    """Share of junk characters, 0..1; 0 for an empty text."""
    return sum(span.stop - span.start for span in spans(text)) / len(text) if text else 0.0
