"""The sockets: aiohttp's low-level server around a `Service`. The only module here that needs aiohttp."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web

from burnish.errors import UsageError
from burnish.fakeserver.service import Service
from burnish.fakeserver.settings import Settings
from burnish.fakeserver.wire import Wire, error_wire

_WATCH_S = 0.05  # how often a call that hangs looks whether its client is still there
_GRACE_S = 1.0  # what calls at work get to finish in when the server stops; aiohttp waits so long twice
_MIB = 2**20


class Connection:
    """A `Line` over a request's transport."""

    def __init__(self, request: web.BaseRequest, stopping: asyncio.Event) -> None:
        """`stopping` is set when the server is to end."""
        self._transport = request.transport
        self._stopping = stopping

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        if not self.gone and isinstance(self._transport, asyncio.WriteTransport):
            self._transport.write(data)

    def close(self) -> None:
        """End the connection after what was written."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """End the connection with RST: closing with a linger time of 0 sends one."""
        if self._transport is None:
            return
        wire = self._transport.get_extra_info("socket")
        if wire is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.close()

    async def wait(self, delay_s: float | None) -> bool:
        """Wait; whether the client is still there and the server not about to end. None: until one of them is not."""
        if delay_s:
            await asyncio.sleep(delay_s)
        while delay_s is None and not self.gone and not self._stopping.is_set():  # noqa: ASYNC110 - transports tell nobody
            await asyncio.sleep(_WATCH_S)
        return not self.gone and not self._stopping.is_set()

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        return self._transport is None or self._transport.is_closing()


class Site:
    """A service listening on an address."""

    def __init__(self, settings: Settings) -> None:
        """Made inside the event loop it will run in. Raises `UsageError` as `Service` does."""
        self.service = Service(settings)
        self._settings = settings
        self._stopping = asyncio.Event()
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=_GRACE_S)

    async def start(self) -> int:
        """Listen; the port. Raises `UsageError` if the address cannot be had."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._settings.host, self._settings.port, backlog=2_048).start()
        except OSError as error:
            await self._runner.cleanup()
            where = f"{self._settings.host}:{self._settings.port}"
            raise UsageError(
                f"fakeserver: cannot listen on {where}: {error.strerror}.\n"
                "Take another port, or --port 0 for a free one."
            ) from error
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Accept nothing more, let what is at work finish for a moment, cut what waits for ever."""
        self._stopping.set()
        await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await self._body(request)
        line = Connection(request, self._stopping)
        if body is None:
            return self._response(error_wire(413, "Request entity too large", "invalid_request_error"))
        wire = await self.service.answer(request.method, request.path, request.headers, body, line)
        return self._response(wire)

    async def _body(self, request: web.BaseRequest) -> bytes | None:
        """The whole body, None if it is larger than allowed."""
        most = int(self._settings.max_body_mb * _MIB)
        if (request.content_length or 0) > most:
            return None
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > most:
                return None
        return bytes(body)

    def _response(self, wire: Wire) -> web.StreamResponse:
        if wire.delivery is not None:
            return web.Response()  # never sent: the connection is closed
        return web.Response(body=wire.body, status=wire.status, headers={**wire.headers, **self.service.own_headers})
