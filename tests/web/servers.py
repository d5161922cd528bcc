"""A guarded application on a loopback port of this process, and what is said to it byte by byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from burnish import web
from burnish.web.asgi import answer

TOKEN = "a-token-of-twenty-four-c"


async def hello(scope: web.Scope, receive: web.Receive, send: web.Send) -> None:
    """Says how long the body was; takes it piece by piece."""
    if scope["type"] != "http":
        return
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    allowed = {"access-control-allow-origin": "*"} if scope["path"] == "/open" else {}
    await answer(send, 200, str(length).encode(), "text/plain", allowed)


@contextmanager
def serving(app: web.App = hello, guards: web.Guards | None = None, **told: Any) -> Iterator[web.Server]:
    """`app` answering requests meanwhile."""
    server = web.Server(app, guards or web.Guards(), **told)
    ready = threading.Event()
    thread = threading.Thread(target=server.run, args=(lambda _: ready.set(),), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield server
    finally:
        server.stop()
        thread.join(20)
        assert not thread.is_alive()


def said(server: web.Server, request: bytes, timeout_s: float = 10.0) -> bytes:
    """All that comes back on a connection of its own until it is closed."""
    with socket.create_connection(("127.0.0.1", server.port), timeout_s) as wire:
        wire.sendall(request)
        return heard(wire)


def heard(wire: socket.socket) -> bytes:
    """What comes until the other side closes."""
    parts = []
    try:
        while part := wire.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        parts.append(b"")  # cut by force: what had come stands
    return b"".join(parts)


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


def request(method: str = "GET", path: str = "/", host: str = "127.0.0.1", **headers: str) -> bytes:
    """One whole request without a body; ``sec_fetch_site="none"`` is a header."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"
