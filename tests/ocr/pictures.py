"""Pictures with writing in them, and the process that reads them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WITHOUT = "the extra [ocr] is not installed (200 MB): make test-slow installs it"
"""Why a test that reads real pictures is skipped."""


def written(*lines: str, size: tuple[int, int] = (384, 256), px: int = 32, seed: int = 0) -> bytes:
    """A JPEG of gentle noise with `lines` drawn in black from the top."""
    noise = np.random.default_rng(seed).integers(190, 230, (size[1] // 16, size[0] // 16, 3), np.uint8)
    picture = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for row, text in enumerate(lines):
        draw.text((20, 20 + row * px * 3 // 2), text, font=ImageFont.load_default(px), fill="black")
    sink = io.BytesIO()
    picture.save(sink, "JPEG", quality=90)
    return sink.getvalue()


def readers() -> list[int]:
    """Living children of this process that read writing."""
    found = [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
    return [
        pid
        for pid in found
        if b"burnish.ocr.child" in _file(pid, "cmdline") and b"\nState:\tZ" not in _file(pid, "status")
    ]


def _file(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except FileNotFoundError:
        return b""
