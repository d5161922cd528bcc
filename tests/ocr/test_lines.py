"""Which lines count: sure ones, with letters in them, and not more than fits."""

from __future__ import annotations

import pytest

from burnish.ocr import Line
from burnish.ocr.lines import MAX_CHARS, MAX_LINE_CHARS, MAX_LINES, MIN_CONFIDENCE, chosen


def line(text: str, confidence: float = 0.99) -> Line:
    return Line(text=text, confidence=confidence)


@pytest.mark.parametrize("text", ["", "  ", "O", "000", "oo0"[:2], "-----", "| | |", "A a A"])
def test_shapes_that_read_as_letters_do_not_count(text: str) -> None:
    assert chosen([line(text)]) == ()


@pytest.mark.parametrize("text", ["WC", "42", "STOP]", "出口", "Ä1"])
def test_short_writing_counts(text: str) -> None:
    assert [found.text for found in chosen([line(text)])] == [text]


def test_unsure_lines_do_not_count() -> None:
    assert chosen([line("STOP", MIN_CONFIDENCE - 0.01), line("GO on", MIN_CONFIDENCE)]) == (
        line("GO on", MIN_CONFIDENCE),
    )


def test_control_characters_and_line_ends_go() -> None:
    [found] = chosen([line("\x1b[31mSTOP\n \u202ehere\x00")])
    assert found.text.isprintable()
    assert "STOP" in found.text


def test_what_is_kept_is_bounded() -> None:
    many = chosen(line(f"line {number}") for number in range(1_000))
    assert len(many) == MAX_LINES
    long = chosen(line("word " * 1_000) for _ in range(20))
    assert all(len(found.text) <= MAX_LINE_CHARS for found in long)
    assert 0 < sum(len(found.text) + 1 for found in long) <= MAX_CHARS
