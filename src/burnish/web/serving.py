"""A guarded application on a socket: listens, says where, drains when told to end.

Uvicorn is imported when a server is made: `burnish --help` comes by here, too.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from burnish.errors import MissingExtra, UsageError
from burnish.web.asgi import App
from burnish.web.binding import Bind
from burnish.web.guarding import guarded
from burnish.web.guards import Guards

if TYPE_CHECKING:
    import asyncio

DRAIN_S = 60.0
"""What calls at work get to finish in, once a server is told to end: longer than a model takes for a batch."""
_BACKLOG = 512


def _nothing() -> None:
    """Nobody wants to hear of it."""


class Server:
    """`app` behind `guards`, its address taken from the moment it is made. Raises `MissingExtra` and `UsageError`."""

    def __init__(
        self, app: App, guards: Guards, *, drain_s: float = DRAIN_S, on_drain: Callable[[], None] = _nothing
    ) -> None:
        """`on_drain` is called in the server's loop when nothing new will be accepted, before what is at work ends."""
        if find_spec("uvicorn") is None:
            raise MissingExtra("a web server", "serve")
        from burnish.web.protocol import Inner

        self._socket = _listen(guards.bind)
        self.port = int(self._socket.getsockname()[1])
        self.url = guards.bind.url(self.port)
        self._inner = Inner(guarded(app, guards), guards.limits, drain_s)
        self._inner.on_drain = on_drain

    def run(self, announce: Callable[[str], None]) -> None:
        """Serve until `stop`, SIGTERM or SIGINT, then finish what was accepted; a second signal cuts it short.

        `announce` gets the address once requests are answered. In the main thread only, signals are heard.
        """
        import asyncio

        self._inner.on_start = partial(announce, self.url)
        asyncio.run(self._serve())

    def stop(self) -> None:
        """End as a signal would end it; from any thread."""
        self._inner.should_exit = True

    async def _serve(self) -> None:
        import asyncio

        with _signals(asyncio.get_running_loop(), self._signalled):
            await self._inner.serve(sockets=[self._socket])

    def _signalled(self) -> None:
        self._inner.force_exit = self._inner.should_exit
        self._inner.should_exit = True


def run(
    app: App,
    guards: Guards,
    *,
    announce: Callable[[str], None],
    drain_s: float = DRAIN_S,
    on_drain: Callable[[], None] = _nothing,
) -> None:
    """Serve `app` in this process until SIGTERM or SIGINT: see `Server`."""
    Server(app, guards, drain_s=drain_s, on_drain=on_drain).run(announce)


def _listen(bind: Bind) -> socket.socket:
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    try:
        return socket.create_server((bind.host, bind.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {bind.host}:{bind.port}: {error.strerror}.\nTake another port, or 0 for a free one."
        ) from error


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, heard: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT call `heard` meanwhile, where this is the main thread."""
    import threading

    told = (signal.SIGTERM, signal.SIGINT) if threading.current_thread() is threading.main_thread() else ()
    for number in told:
        loop.add_signal_handler(number, heard)
    try:
        yield
    finally:
        for number in told:
            loop.remove_signal_handler(number)
