"""Faults in how a finished answer is sent. It was generated and is billed, seen or not."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from functools import cache

from burnish.fakeserver.faults import Call
from burnish.fakeserver.wire import Delivery, Line, Wire, head

_MIB = 2**20
_MISSING_BYTES = 100  # announced, never sent


def reset_after(call: Call, wire: Wire) -> Wire:  # noqa: ARG001 - a wire fault's signature
    """The connection is reset (RST) when the answer is ready."""
    return replace(wire, delivery=_reset, answered=False, silent=True)


def hang(call: Call, wire: Wire) -> Wire:  # noqa: ARG001 - a wire fault's signature
    """The answer is ready and never sent; the connection stays open until the client leaves."""
    return replace(wire, delivery=_hang, answered=False, silent=True)


def cut_body(call: Call, wire: Wire) -> Wire:  # noqa: ARG001 - a wire fault's signature
    """The connection is closed in the middle of the body."""
    return replace(wire, delivery=_cut, answered=False)


def slow_loris(call: Call, wire: Wire) -> Wire:
    """One byte at a time, every --drip-ms, to the end if the client waits for it."""
    return replace(wire, delivery=_drip(call.settings.drip_ms / 1_000))


def html_200(call: Call, wire: Wire) -> Wire:  # noqa: ARG001 - a wire fault's signature
    """200 with an HTML page."""
    page = b"<!doctype html><title>Welcome</title><p>Please sign in. (burnish fakeserver)</p>"
    return replace(wire, body=page, headers={**wire.headers, "Content-Type": "text/html"}, answered=False)


def half_json(call: Call, wire: Wire) -> Wire:  # noqa: ARG001 - a wire fault's signature
    """200 with the first half of the JSON body, complete by its Content-Length."""
    return replace(wire, body=wire.body[: len(wire.body) // 2], answered=False)


def empty_body(call: Call, wire: Wire) -> Wire:  # noqa: ARG001 - a wire fault's signature
    """200 with an empty body."""
    return replace(wire, body=b"", answered=False)


def length_too_long(call: Call, wire: Wire) -> Wire:  # noqa: ARG001 - a wire fault's signature
    """Content-Length announces 100 bytes more than are sent."""
    return replace(wire, delivery=_longer, answered=False)


def length_too_short(call: Call, wire: Wire) -> Wire:  # noqa: ARG001 - a wire fault's signature
    """Content-Length announces half of the body; the rest follows as rubbish."""
    return replace(wire, delivery=_shorter, answered=False)


def gzip_bomb(call: Call, wire: Wire) -> Wire:
    """A body that is small on the wire and --bomb-mb when inflated."""
    headers = {**wire.headers, "Content-Encoding": "gzip"}
    return replace(wire, body=_bomb(wire.body, call.settings.bomb_mb), headers=headers, answered=False)


async def _reset(line: Line, _wire: Wire) -> bool:
    line.reset()
    return True


async def _hang(line: Line, _wire: Wire) -> bool:
    await line.wait(None)
    line.close()
    return False


async def _cut(line: Line, wire: Wire) -> bool:
    line.write(head(wire, len(wire.body)) + wire.body[: len(wire.body) // 2])
    line.close()
    return True


async def _longer(line: Line, wire: Wire) -> bool:
    line.write(head(wire, len(wire.body) + _MISSING_BYTES) + wire.body)
    line.close()
    return True


async def _shorter(line: Line, wire: Wire) -> bool:
    line.write(head(wire, len(wire.body) // 2) + wire.body)
    line.close()
    return True


def _drip(every_s: float) -> Delivery:
    async def deliver(line: Line, wire: Wire) -> bool:
        line.write(head(wire, len(wire.body)))
        for place in range(len(wire.body)):
            if not await line.wait(every_s):
                line.close()
                return False
            line.write(wire.body[place : place + 1])
        line.close()
        return True

    return deliver


def _bomb(body: bytes, size_mb: int) -> bytes:
    """A gzip file of `size_mb` MiB of white space and then `body`: valid JSON for whoever can hold it."""
    block, crc = _blanks(size_mb)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    end = packer.compress(body) + packer.flush()
    size = size_mb * _MIB + len(body)
    header = b"\x1f\x8b\x08" + b"\0" * 6 + b"\xff"  # no name, no time, unknown system
    return header + block + end + struct.pack("<II", zlib.crc32(body, crc), size % 2**32)


@cache
def _blanks(size_mb: int) -> tuple[bytes, int]:
    """Deflated white space and its checksum. A full flush forgets what was before, so one block serves for all."""
    blank = b" " * _MIB
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(blank) + packer.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(size_mb):
        crc = zlib.crc32(blank, crc)
    return block * size_mb, crc
