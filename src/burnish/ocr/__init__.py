"""Writing in pictures, read by RapidOCR (PP-OCR weights that its wheel carries) in a bounded child process.

What is read is evidence: guards hold rewrites against it, models are told of it, the output shows it. It is as
untrusted as the caption, and it may be misread or missed: absence refutes nothing.
"""

from __future__ import annotations

from burnish import evidence
from burnish.ocr.lines import Line, Writing
from burnish.ocr.reader import Reader, identity
from burnish.values import Record

__all__ = ["FAILED", "Line", "Reader", "Writing", "identity", "seen"]

FAILED = "ocr_failed"
"""Flag of a pair whose picture could not be read for writing: nothing is known about it, and nothing else is lost."""


def seen(record: Record, *, looked: bool) -> tuple[str, ...] | None:
    """What was read in the picture, without orders; None if nobody could look. `looked`: the plan wants it read."""
    if not record.evidence and (not looked or FAILED in record.flags):
        return None
    return evidence.sound(record.evidence)
