"""Many pairs over one request: JSON lines in, one answer a line out, in order, while the rest still comes.

Lines are read no faster than they are answered and answers are taken: what waits in between is bounded, and where it
is full the client's own connection fills up. A line that is no pair gets its answer like one that is. What ends the
stream before its end is its last line, ``{"error": ...}``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

from starlette.responses import Response

from burnish.errors import BurnishError
from burnish.serve.worker import Done
from burnish.web import BodyError, Receive, Scope, Send
from burnish.web.asgi import error_body

MEDIA_TYPE = "application/x-ndjson"
MOST_UNSENT = 8_192
"""Answers that may wait to be taken, of 1 to 3 KB each: who reads nothing until all is written gets so far."""
_ENOUGH_BYTES = 64 * 1_024

Answer: TypeAlias = "asyncio.Future[Done] | Done"
Take: TypeAlias = Callable[["bytes | None"], Awaitable[Answer]]
"""Takes a line in, None for one that is too long; waits while there is no room."""


class Lines(Response):
    """The answer to a stream of lines."""

    media_type = MEDIA_TYPE

    def __init__(self, take: Take, max_line_bytes: int, draining: Callable[[], bool]) -> None:
        """`draining` says whether new lines are still taken."""
        super().__init__()
        del self.headers["content-length"]  # nobody knows it
        self._take = take
        self._max_line_bytes = max_line_bytes
        self._draining = draining
        self._row: deque[Answer] = deque()
        self._moved = asyncio.Event()
        self._whole = False
        self._end: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        """Read and answer side by side."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        reading = asyncio.ensure_future(self._read(receive))
        try:
            async for part in self._written():
                await send({"type": "http.response.body", "body": part, "more_body": True})
        finally:
            reading.cancel()
            self._forget()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
        await send({"type": "http.response.body", "body": self._end})

    async def _read(self, receive: Receive) -> None:
        """Take in every line; at the end, however it comes, say so."""
        try:
            async for line in lines(_pieces(receive), self._max_line_bytes):
                if self._draining():
                    self._end = error_body("stopping", "send the lines again that have no answer.") + b"\n"
                    break
                answer = await self._take(line)
                await self._until(lambda: len(self._row) < MOST_UNSENT)
                self._row.append(answer)
                self._moved.set()
        except BodyError as error:
            self._end = error_body(error.reason, error.detail) + b"\n"
        finally:
            self._whole = True
            self._moved.set()

    async def _written(self) -> AsyncIterator[bytes]:
        """The answers in order; those that are there go out together."""
        held = bytearray()
        while True:
            await self._until(lambda: bool(self._row) or self._whole)
            if not self._row:
                return
            answer = self._row.popleft()
            self._moved.set()
            try:
                done = await answer if isinstance(answer, asyncio.Future) else answer
            except BurnishError as error:
                self._end = error_body("stopped", str(error)) + b"\n"
                return
            held += done.body + b"\n"
            if len(held) >= _ENOUGH_BYTES or not self._more_is_there():
                yield bytes(held)
                held.clear()

    async def _until(self, holds: Callable[[], bool]) -> None:
        """Reader and writer never wait at once: one of them waits for an empty row, the other for a full one."""
        while not holds():
            self._moved.clear()
            await self._moved.wait()

    def _more_is_there(self) -> bool:
        """Whether the next answer needs no waiting."""
        return bool(self._row) and (not isinstance(self._row[0], asyncio.Future) or self._row[0].done())

    def _forget(self) -> None:
        """Whoever asked has gone, or there is nothing left."""
        for answer in self._row:
            if isinstance(answer, asyncio.Future):
                answer.cancel()


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return  # the last line may be cut; nobody will read its answer
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def lines(pieces: AsyncIterator[bytes], max_bytes: int) -> AsyncIterator[bytes | None]:
    """The lines of a stream without their ends, blank ones left out; None for one over `max_bytes`, of which no more
    than that is held.
    """
    held = bytearray()
    too_long = False
    async for piece in pieces:
        *ended, rest = piece.split(b"\n")
        for part in ended:
            held += part
            if too_long or len(held) > max_bytes:
                yield None
            elif held.strip():
                yield bytes(held)
            held.clear()
            too_long = False
        held += rest
        if len(held) > max_bytes:
            held.clear()
            too_long = True
    if too_long:
        yield None
    elif held.strip():
        yield bytes(held)
