"""The child process of a `Reader`: decodes one picture after the other and reads it, until its standard input ends.

Run as ``python -m burnish.ocr.child <side_px> <limits as JSON>``; the messages are those of `burnish.ocr.wire`. What an
image may make it do is bounded as in `burnish.images.child`.
"""

from __future__ import annotations

import json
import os
import signal
import sys

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from burnish import confined
from burnish.images import Limits, decode
from burnish.ocr.engine import Engine
from burnish.ocr.wire import CPU_S, LENGTH, READY
from burnish.values import Picture

MEMORY_BYTES = 2**31
"""Beyond the libraries and what the decoder is allowed: reading a picture of the largest size takes 0.5 GB."""

_STDIN, _STDOUT, _STDERR = 0, 1, 2
_TEST = "CAT 42"


def main() -> None:
    """Load, prove that reading works, then serve."""
    side_px, limits = int(sys.argv[1]), Limits(**json.loads(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which drains us
    parent = os.getppid()
    engine = Engine()
    _self_test(engine)
    confined.limit_memory(confined.address_space() + limits.memory_bytes + MEMORY_BYTES)
    answers = os.dup(_STDOUT)
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (_STDOUT, _STDERR):  # libraries print; answers go where nobody else writes
        os.dup2(silence, stream)
    _write(answers, READY)
    while head := confined.receive(_STDIN, LENGTH.size, parent):
        data = confined.receive(_STDIN, LENGTH.unpack(head)[0], parent)
        confined.allow_cpu(CPU_S + limits.timeout_s)
        answer = json.dumps(_lines(engine, data, side_px, limits)).encode()
        _write(answers, LENGTH.pack(len(answer)) + answer)


def _lines(engine: Engine, data: bytes, side_px: int, limits: Limits) -> list[tuple[str, float]]:
    picture = decode(data, side_px, limits)
    if not isinstance(picture, Picture):  # the decoder that serves the models says so: nothing to read
        return []
    return [(line.text, line.confidence) for line in engine.read(picture.rgb)]


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _self_test(engine: Engine) -> None:
    """Read a line drawn here. If that fails it is the installation, and no image must be blamed."""
    read = " ".join(line.text for line in engine.read(_drawn()))
    if read.replace(" ", "") != _TEST.replace(" ", ""):
        raise SystemExit(f"the reader of writing does not work here: it read {read!r} for {_TEST!r}")


def _drawn() -> NDArray[np.uint8]:
    paper = Image.new("RGB", (240, 80), "white")
    ImageDraw.Draw(paper).text((30, 20), _TEST, font=ImageFont.load_default(36), fill="black")
    return np.asarray(paper)


if __name__ == "__main__":
    main()
