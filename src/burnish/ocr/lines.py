"""Which of the lines that were read count as writing, and how much of it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from burnish.texts import look

MIN_CONFIDENCE = 0.85
"""Lines read less surely are left out; see docs/figures/ocr.md for what other values give."""
MIN_DIFFERENT = 2
"""Different letters and digits a line must have: a wheel reads as an O, a row of lamps as 000."""
MAX_LINES = 40
MAX_LINE_CHARS = 200
MAX_CHARS = 1_000
"""What is kept of a page full of text, from the top: it goes into prompts and into every output row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of writing and how surely it was read, 0..1."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What was read in one picture, from the top; `failed`: nobody could look."""

    lines: tuple[Line, ...] = ()
    failed: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines alone."""
        return tuple(line.text for line in self.lines)


def chosen(read: Iterable[Line]) -> tuple[Line, ...]:
    """The lines that count, without control characters, cut to the limits above."""
    return tuple(_within_limits(line for line in map(_clean, read) if _counts(line)))


def _clean(line: Line) -> Line:
    text = " ".join(look(line.text, max_chars=MAX_LINE_CHARS).clean.split())
    return Line(text=text, confidence=round(line.confidence, 4))


def _counts(line: Line) -> bool:
    different = {char for char in line.text.casefold() if char.isalnum()}
    return line.confidence >= MIN_CONFIDENCE and len(different) >= MIN_DIFFERENT


def _within_limits(lines: Iterable[Line]) -> Iterator[Line]:
    left = MAX_CHARS
    for number, line in enumerate(lines):
        left -= len(line.text) + 1
        if number >= MAX_LINES or left < 0:
            return
        yield line
