"""What a `Reader` and its child say to each other over two pipes."""

from __future__ import annotations

import struct

READY = b"r"
"""The child's first word: it has read a line of its own drawing."""

LENGTH = struct.Struct("<Q")
"""Before every message: an encoded image to the child, a JSON list of [text, confidence] back."""

MAX_ANSWER_BYTES = 2**20
"""No picture of the size that is read holds so much text."""

CPU_S = 60.0
"""For one picture, beside the time for decoding: a page of 60 full lines took 13 on a busy machine."""
