"""A web server on the loopback interface that says what a test tells it to, byte by byte, and remembers who asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TypeAlias

from burnish.fetching import Missed, Result
from burnish.fetching.addresses import networks
from burnish.fetching.fetcher import Fetcher
from burnish.fetching.names import Resolve, system_resolver
from burnish.fetching.settings import Settings


def body_of(handler: BaseHTTPRequestHandler) -> bytes:
    """A request's body, whole, however it was sent."""
    if handler.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
    pieces = []
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        pieces.append(handler.rfile.read(size))
        handler.rfile.readline()
    handler.rfile.readline()
    return b"".join(pieces)


Route: TypeAlias = "bytes | Callable[[Asked], bytes | Iterator[bytes]]"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request: its path with the query, and its headers in lower case."""

    path: str
    headers: dict[str, str]


def reply(body: bytes = b"", status: int = 200, kind: str = "image/jpeg", **headers: str) -> bytes:
    """A whole response; ``x_robots_tag="noai"`` is a header."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(where: str, status: int = 302, **headers: str) -> bytes:
    return reply(status=status, kind="text/html", location=where, **headers)


@dataclass
class Web:
    """`routes` by path, "" for all others but robots.txt; without one: 404. `asked` are the requests, `connections`
    counts all that came.
    """

    routes: dict[str, Route] = field(default_factory=dict)
    host: str = "127.0.0.1"
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            asked = _read(connection)
            if asked is None:
                return
            self.asked.append(asked)
            nothing = reply(status=404, kind="text/plain")
            others = nothing if asked.path == "/robots.txt" else self.routes.get("", nothing)
            route = self.routes.get(asked.path, others)
            said = route if isinstance(route, bytes) else route(asked)
            for piece in [said] if isinstance(said, bytes) else said:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)


def _read(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    first, *lines = data.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    return Asked(path=first.split(" ")[1], headers=headers)


@contextmanager
def serving(routes: dict[str, Route] | None = None, host: str = "127.0.0.1", port: int = 0) -> Iterator[Web]:
    """A server that answers while the body runs."""
    web = Web(routes=routes if routes is not None else {}, host=host)
    with socket.create_server((host, port), backlog=512) as server:
        web.port = server.getsockname()[1]
        thread = threading.Thread(target=_accept, args=(server, web), daemon=True)
        thread.start()
        try:
            yield web
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _accept(server: socket.socket, web: Web) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        web.connections += 1
        threading.Thread(target=web.answer, args=(connection,), daemon=True).start()


@contextmanager
def fetching(*webs: Web, resolve: Resolve = system_resolver, **settings: object) -> Iterator[Fetcher]:
    """A fetcher that may ask these servers and nobody else on this machine; robots.txt is not read."""
    given = {
        "max_bytes": 1 << 20,
        "allowed": networks(",".join(web.host for web in webs)),
        "ports": frozenset({80, 443, *(web.port for web in webs)}),
        "robots": False,
        "timeout_s": 5.0,
        "tries": 1,
        "rate": 0.0,
        **settings,
    }
    fetcher = Fetcher(Settings(**given), resolve)  # type: ignore[arg-type]
    try:
        yield fetcher
    finally:
        fetcher.close()


def why(result: Result) -> str:
    """The reason of a miss, "got" for an image."""
    return str(result.reason) if isinstance(result, Missed) else "got"
