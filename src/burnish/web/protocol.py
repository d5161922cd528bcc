"""Uvicorn as we run it. Its connections get less patience: by itself it waits for ever for a request's head and for a
client that does not take its answer, and counts no connection that says nothing (hazard 77).
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from burnish.web.asgi import App
from burnish.web.guards import Limits

_LOG = logging.getLogger("uvicorn")
_LOG.parent = logging.getLogger("burnish")  # its complaints look like ours, with credentials cut
_LOG.setLevel(logging.WARNING)

SPARE_CONNECTIONS = 64
"""Above the limit these still get a 503 that says so; beyond, connections are closed without a word."""


class Connection(H11Protocol):
    """One connection that is cut if nothing moves on it for `Limits.idle_s`."""

    def __init__(self, *args: Any, limits: Limits, **kwargs: Any) -> None:
        """As uvicorn makes it, with limits."""
        super().__init__(*args, **kwargs)
        self._limits = limits
        self._head: asyncio.TimerHandle | None = None
        self._write: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request's head, unless there are far too many connections."""
        super().connection_made(transport)
        if len(self.connections) > self._limits.max_connections + SPARE_CONNECTIONS:
            transport.abort()
            return
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Stop waiting once a head is whole: the guards watch over the body. Who sends is not idle."""
        super().data_received(data)
        if self._at_work:
            _cancel(self._head)
        if self.flow.write_paused:
            self._wait_for_taking()

    def on_response_complete(self) -> None:
        """Wait for the next request's head, unless it is already here."""
        super().on_response_complete()
        if not self._at_work:
            self._wait_for_head()

    def pause_writing(self) -> None:
        """The client takes nothing: give it so long and no longer."""
        super().pause_writing()
        self._wait_for_taking()

    def resume_writing(self) -> None:
        """The client takes something again."""
        super().resume_writing()
        _cancel(self._write)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        _cancel(self._head)
        _cancel(self._write)
        super().connection_lost(exc)

    @property
    def _at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_for_head(self) -> None:
        _cancel(self._head)
        self._head = self.loop.call_later(self._limits.idle_s, self.transport.abort)

    def _wait_for_taking(self) -> None:
        _cancel(self._write)
        self._write = self.loop.call_later(self._limits.idle_s, self.transport.abort)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


class Inner(uvicorn.Server):
    """Uvicorn's server, which says when it listens and when it drains; `on_start` and `on_drain` are set before.

    Signals are not its own: it would raise them once more after a drain, and the process would end by one.
    """

    on_start: Callable[[], None]
    on_drain: Callable[[], None]

    def __init__(self, app: App, limits: Limits, drain_s: float) -> None:
        """Listens on nothing yet."""
        config = uvicorn.Config(
            cast("Any", app),
            http=cast("Any", partial(Connection, limits=limits)),
            ws="none",
            loop="asyncio",
            log_config=None,
            access_log=False,  # no path, no header and no token reaches a log
            server_header=False,
            proxy_headers=False,  # an address that a client writes itself would go round the rates
            limit_concurrency=limits.max_connections + 1,
            timeout_keep_alive=max(1, round(limits.idle_s)),
            timeout_graceful_shutdown=max(1, round(drain_s)),
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so, then accept nothing more and wait for what is at work."""
        self.on_drain()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None."""
        yield
