"""One request and what came of it, in bounded time and memory. Knows HTTP, nothing of what is asked."""

from __future__ import annotations

import errno
import os
import urllib.request
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from burnish.errors import MissingExtra
from burnish.storage.redact import redact

if TYPE_CHECKING:
    import aiohttp

BODY_CAP_BYTES = 4 * 1024 * 1024
"""An answer with 20 alternatives for each of 4,000 tokens has 3 MB; ours have a few KB."""

_KEEP_ALIVE_S = 4.0
"""Below the 5 s after which uvicorn, under vLLM and SGLang, hangs up on an idle connection."""

_CONNECT_S = 20.0
_LEAST_SECRET = 8
"""Shorter keys are what people give to servers that ask for none ("none", "EMPTY"), and stand in ordinary words."""
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A whole response; `headers` are looked up in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """No whole response. `sent`: the request had gone out, so the server may have worked (and billed) for nothing."""

    detail: str
    sent: bool


class Wire:
    """An open session with one server."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, timeout_s: float, secret: str) -> None:
        """`secret` is cut from everything that the server says and we may repeat."""
        import aiohttp

        self._session = session
        self._base_url = base_url
        self._chat_url = f"{base_url}/chat/completions"
        self._timeout_s = timeout_s
        self._deadline = aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(_CONNECT_S, timeout_s))
        self._secret = secret.encode() if len(secret) >= _LEAST_SECRET else b""

    async def post(self, body: bytes) -> Raw | Lost:
        """Send a chat request."""
        return await self._exchange("POST", self._chat_url, body)

    async def get(self, path: str) -> Raw | Lost:
        """Fetch ``base_url/path``."""
        return await self._exchange("GET", f"{self._base_url}/{path}", None)

    async def _exchange(self, method: str, url: str, body: bytes | None) -> Raw | Lost:
        import aiohttp

        try:
            async with self._session.request(
                method, url, data=body, timeout=self._deadline, allow_redirects=False
            ) as response:
                content = await _read(response.content)
                status, headers = response.status, response.headers
        except aiohttp.ConnectionTimeoutError as error:
            return Lost(detail=_said(error) or "no connection in time", sent=False)
        except TimeoutError:
            return Lost(detail=f"no whole answer within {self._timeout_s:g} s", sent=True)
        except aiohttp.ClientConnectorError as error:
            return Lost(detail=_unconnected(error), sent=False)
        except (aiohttp.ClientError, _TooLargeError, ValueError) as error:
            return Lost(detail=_said(error), sent=True)
        return self._whole(status, headers, content)

    def _whole(self, status: int, headers: Mapping[str, str], content: bytes) -> Raw | Lost:
        try:
            content = _inflated(content, headers.get("content-encoding", ""))
        except (_TooLargeError, zlib.error) as error:
            return Lost(detail=f"unusable body: {error}", sent=True)
        if self._secret and not (status == 200 and "json" in headers.get("content-type", "")):  # complaints are quoted
            content = content.replace(self._secret, b"***")
        return Raw(status=status, headers=headers, body=content)


@asynccontextmanager
async def open_wire(base_url: str, key: str, *, timeout_s: float, concurrency: int) -> AsyncIterator[Wire]:
    """A `Wire` for so many calls at once. Raises `MissingExtra`."""
    try:
        import aiohttp
    except ImportError as error:
        raise MissingExtra("the backend openai", "openai") from error
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    connector = aiohttp.TCPConnector(limit=concurrency + 2, keepalive_timeout=_KEEP_ALIVE_S, ttl_dns_cache=60)
    async with aiohttp.ClientSession(
        connector=connector,
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,  # `_inflated` does, with a limit
        proxy=_proxy(base_url),
    ) as session:
        yield Wire(session, base_url, timeout_s, key)


class _TooLargeError(Exception):
    pass


async def _read(stream: aiohttp.StreamReader) -> bytes:
    """The body, up to the cap."""
    first = await stream.readany()
    if stream.at_eof():
        return _within_cap(first)
    pieces, size = [first], len(first)
    while not stream.at_eof():
        pieces.append(await stream.read(_PIECE_BYTES))
        size += len(pieces[-1])
        if size > BODY_CAP_BYTES:
            break
    return _within_cap(b"".join(pieces))


def _within_cap(data: bytes) -> bytes:
    if len(data) > BODY_CAP_BYTES:
        raise _TooLargeError(f"larger than {BODY_CAP_BYTES:,} bytes")
    return data


def _inflated(data: bytes, encoding: str) -> bytes:
    """`data` without its compression. Never holds more than the cap, whatever it would inflate to."""
    if encoding in {"", "identity"}:
        return data
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise _TooLargeError(f"content encoding {encoding[:40]!r} was not asked for")
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # the header tells gzip from deflate
    plain = _within_cap(stream.decompress(data, BODY_CAP_BYTES + 1))
    if not stream.eof:
        raise zlib.error("the compressed body ends before its end")
    return plain


def _unconnected(error: aiohttp.ClientConnectorError) -> str:
    """Why there is no connection, in the system's words; TLS has its own."""
    import socket
    import ssl

    cause = error.os_error
    if isinstance(cause, socket.gaierror):
        return f"the name {error.host!r} is not known ({cause.strerror})"
    if isinstance(cause, ssl.SSLError) or cause.errno is None or cause.errno not in errno.errorcode:
        return _said(error)
    return os.strerror(cause.errno).lower()


def _said(error: BaseException) -> str:
    return redact(str(error) or type(error).__name__)[:300]


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for this server (http_proxy, no_proxy, ...); none to this machine."""
    parts = urlsplit(url)
    if parts.hostname is None or parts.hostname in _HERE or urllib.request.proxy_bypass(parts.hostname):
        return None
    return urllib.request.getproxies().get(parts.scheme)
