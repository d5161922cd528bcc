"""Writing in pictures, read by RapidOCR (PP-OCR weights that its wheel carries) in a bounded child process.

What is read is evidence: guards hold rewrites against it, models are told of it, the output shows it. It is as
untrusted as the caption, and it may be misread or missed: absence refutes nothing.
"""

from __future__ import annotations

from burnish.ocr.lines import Line, Writing
from burnish.ocr.reader import Reader, identity

__all__ = ["FAILED", "Line", "Reader", "Writing", "identity"]

FAILED = "ocr_failed"
"""Flag of a pair whose picture could not be read for writing: nothing is known about it, and nothing else is lost."""
