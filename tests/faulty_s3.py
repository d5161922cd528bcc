"""A proxy on the loopback interface between a client and an S3 server that fails as a test tells it to.

Knows HTTP/1.1 as S3 clients speak it: whole requests and whole responses are passed on, or lost, cut, delayed, or, for
listings, replaced by older ones.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.loopback_web import body_of

FAULTY_BUCKET = "burnish-faults"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to the store, the `number`-th of all, counted from 1."""

    number: int
    method: str
    path: str
    query: dict[str, list[str]]
    size: int

    @property
    def lists(self) -> bool:
        return self.method == "GET" and "list-type" in self.query

    @property
    def part(self) -> bool:
        return self.method == "PUT" and "uploadId" in self.query


Fault = Callable[[Call], str]
"""What happens to a call: "" nothing, "drop" it never reaches the store, "deaf" the store works but its answer is lost,
"cut" half of the body reaches the store, "stale" a listing as it was when it was first asked for.
"""


@dataclass
class FaultyS3:
    """`fault` decides; `calls` are all that came."""

    upstream: tuple[str, int]
    fault: Fault = lambda _: ""
    calls: list[Call] = field(default_factory=list)
    listings: dict[str, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    conditional: threading.Lock = field(default_factory=threading.Lock)
    """Conditional puts go one after the other, as in S3: moto looks and puts in two steps."""
    url: str = ""

    def noted(self, method: str, target: str, size: int) -> Call:
        parts = urlsplit(target)
        query = parse_qs(parts.query, keep_blank_values=True)
        with self.lock:
            call = Call(number=len(self.calls) + 1, method=method, path=parts.path, query=query, size=size)
            self.calls.append(call)
        return call


class Handler(BaseHTTPRequestHandler):
    """One connection of a client; the proxy is its server's."""

    protocol_version = "HTTP/1.1"
    proxy: FaultyS3

    def _pass(self) -> None:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        body = body_of(self)
        call = self.proxy.noted(self.command, self.path, len(body))
        fault = self.proxy.fault(call)
        if fault == "cut":
            self._cut(body)
        if fault in {"drop", "cut"}:
            self._hang_up()
            return
        status, headers, said = self._asked(body)
        if fault == "deaf":
            self._hang_up()
            return
        if call.lists:
            with self.proxy.lock:
                first = self.proxy.listings.setdefault(self.path.split("&continuation")[0], said)
            said = first if fault == "stale" else said
        self._answer(status, headers, said)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass  # noqa: N815 - the server's names

    def _headers(self, body: bytes) -> dict[str, str]:
        kept = {k: v for k, v in self.headers.items() if k.lower() not in {"transfer-encoding", "expect", "connection"}}
        return kept | {"Content-Length": str(len(body))}

    def _asked(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = http.client.HTTPConnection(*self.proxy.upstream, timeout=60)
        alone = self.proxy.conditional if "If-None-Match" in self.headers else nullcontext()
        try:
            with alone:
                upstream.request(self.command, self.path, body, self._headers(body))
                response = upstream.getresponse()
                return response.status, response.getheaders(), response.read()
        finally:
            upstream.close()

    def _cut(self, body: bytes) -> None:
        """The store sees the connection end in the middle of the body."""
        upstream = http.client.HTTPConnection(*self.proxy.upstream, timeout=60)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self._headers(body).items():
            upstream.putheader(name, value)
        upstream.endheaders(body[: len(body) // 2])
        upstream.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], said: bytes) -> None:
        self.send_response_only(status)
        dropped = {"transfer-encoding", "connection", "content-length"}
        length = {k.lower(): v for k, v in headers}.get("content-length", "0")
        for name, value in headers:
            if name.lower() not in dropped:
                self.send_header(name, value)
        self.send_header("Content-Length", length if self.command == "HEAD" else str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@contextmanager
def faulty_s3(upstream: str) -> Iterator[FaultyS3]:
    """A proxy before the S3 server at `upstream` ("http://host:port")."""
    parts = urlsplit(upstream)
    proxy = FaultyS3(upstream=(parts.hostname or "", parts.port or 0))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OfProxy", (Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # clients hang up, and so do we
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
