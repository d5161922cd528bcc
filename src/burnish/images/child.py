"""The child process of a `Decoder`: decodes batches from shared memory until its standard input ends.

Run as ``python -m burnish.images.child <shared memory fd> <side_px> <limits as JSON>``. Single-threaded. Ends with
its parent: at the end of the pipe, or when it finds itself adopted.
"""

from __future__ import annotations

import io
import json
import mmap
import os
import signal
import sys

import numpy as np
from PIL import Image

from burnish import confined
from burnish.images import layout
from burnish.images.limits import Limits
from burnish.images.picture import make
from burnish.values import ImageFault

READY = b"r"
DONE = b"d"

_STDIN, _STDOUT, _STDERR = 0, 1, 2


def main() -> None:
    """Confine this process, prove that decoding works, then serve."""
    descriptor, side_px, limits = int(sys.argv[1]), int(sys.argv[2]), Limits(**json.loads(sys.argv[3]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which drains us
    parent = os.getppid()
    own_bytes = confined.address_space()
    confined.limit_memory(own_bytes + limits.memory_bytes)
    _self_test(limits)
    os.dup2(os.open(os.devnull, os.O_WRONLY), _STDERR)  # C decoders print warnings without end
    os.write(_STDOUT, READY)
    memory = mmap.mmap(descriptor, 0)
    while message := confined.receive(_STDIN, layout.BATCH.size, parent):
        count, size = layout.BATCH.unpack(message)
        if size > len(memory):
            memory.close()
            confined.limit_memory(own_bytes + limits.memory_bytes + size)
            memory = mmap.mmap(descriptor, 0)
        _serve(memory, count, side_px, limits)
        os.write(_STDOUT, DONE)


def _serve(memory: mmap.mmap, count: int, side_px: int, limits: Limits) -> None:
    at = layout.pixels_start(memory, count)
    for index in range(count):
        data = layout.get_image(memory, index)
        confined.allow_cpu(limits.timeout_s)
        at = layout.put_result(memory, index, make(data, side_px, limits), at)


def _self_test(limits: Limits) -> None:
    """Decode one image on both ways. If that fails it is the machine, and no image must be blamed."""
    ramp = np.arange(32 * 32 * 3, dtype=np.uint32).reshape(32, 32, 3).astype(np.uint8)
    for name in ("JPEG", "PNG"):
        file = io.BytesIO()
        Image.fromarray(ramp).save(file, name)
        result = make(file.getvalue(), 16, Limits(memory_bytes=limits.memory_bytes))
        if isinstance(result, ImageFault):
            raise SystemExit(f"the {name} decoder does not work here: {result.detail}")


if __name__ == "__main__":
    main()
