"""One request and what came of it, in bounded time and memory. Follows nothing: redirects are for `fetcher`.

Nothing is dialled but what `names` has checked for this host: aiohttp gets its addresses from there, and each socket is
looked at once more before it is made.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import urllib.request
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from burnish.errors import MissingExtra
from burnish.fetching import FetchError
from burnish.fetching.addresses import Network, permitted
from burnish.fetching.names import Names, system_resolver
from burnish.fetching.targets import Target
from burnish.storage.redact import redact
from burnish.values import Reason

if TYPE_CHECKING:
    import aiohttp

Headers: TypeAlias = tuple[tuple[str, str], ...]

PIECE_BYTES: Final = 64 * 1024
_SMALL_BYTES: Final = 2**20
_LARGE_AT_ONCE: Final = 4
"""Bodies over 1 MiB that may grow at once: memory is bounded by their number, not by the number of connections."""

_CONNECT_S: Final = 10.0
_KEEP_ALIVE_S: Final = 15.0
_UNREACHABLE: Final = frozenset({errno.ENETUNREACH, errno.ENETDOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What is looked at while an answer comes in; each may raise `FetchError`, and no more is read then.

    `headers` gets status and headers, `first` the first bytes of the body. `cap` is the body's limit in bytes.
    """

    headers: Callable[[int, Headers], None]
    first: Callable[[bytes], None]
    cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response; `body` is empty unless `status` is 200."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name, in lower case; "" if there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Wire:
    """An open session. Belongs to one event loop."""

    def __init__(self, session: aiohttp.ClientSession, names: Names, proxies: dict[str, str]) -> None:
        """`proxies` by scheme, empty for none."""
        self._session = session
        self._names = names
        self._proxies = proxies
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)

    async def ask(self, target: Target, deadline_s: float, checks: Checks) -> Answer:
        """GET `target` within `deadline_s` seconds, looking up its name included. Raises `FetchError`."""
        import aiohttp
        from yarl import URL

        heard = False
        try:
            async with asyncio.timeout(deadline_s):
                await self._names.addresses(target)
                url, proxy = URL(target.url, encoded=True), self._proxy(target)
                async with self._session.get(url, allow_redirects=False, proxy=proxy) as response:
                    heard = True
                    headers = tuple(response.headers.items())
                    checks.headers(response.status, headers)
                    body = await self._body(response, checks) if response.status == 200 else b""
                    return Answer(status=response.status, headers=headers, body=body)
        except TimeoutError as error:
            detail = str(error) or f"no whole answer within {deadline_s:.1f} s"
            raise FetchError(Reason.FETCH_TIMEOUT, redact(detail)[:300], again=True, suspect=not heard) from error
        except aiohttp.ClientConnectorError as error:
            raise _unconnected(error) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            detail = redact(f"{type(error).__name__}: {error}")[:300]
            raise FetchError(Reason.FETCH_FAILED, detail, again=True, suspect=not heard) from error

    async def _body(self, response: aiohttp.ClientResponse, checks: Checks) -> bytes:
        if (response.content_length or 0) > checks.cap:
            raise _too_large(f"{response.content_length:,} bytes announced", checks.cap)
        encoding = response.headers.get("content-encoding", "").strip().lower()
        pieces: list[bytes] = []
        size = 0
        async with AsyncExitStack() as held:
            async for piece in response.content.iter_chunked(PIECE_BYTES):
                if not pieces and encoding in {"", "identity"}:
                    checks.first(piece)
                before, size = size, size + len(piece)
                pieces.append(piece)
                if size > checks.cap:
                    raise _too_large("the body goes on", checks.cap)
                if before <= _SMALL_BYTES < size:
                    await held.enter_async_context(self._large)
            return _plain(b"".join(pieces), encoding, checks)

    def _proxy(self, target: Target) -> str | None:
        proxy = self._proxies.get(target.scheme)
        return None if proxy is None or urllib.request.proxy_bypass(target.host) else proxy


@asynccontextmanager
async def open_wire(
    names: Names, allowed: Sequence[Network], *, concurrency: int, agent: str, proxies: bool
) -> AsyncIterator[Wire]:
    """A `Wire` for so many requests at once that calls itself `agent`. Raises `MissingExtra`."""
    try:
        import aiohttp
    except ImportError as error:
        raise MissingExtra("--fetch", "fetch") from error
    ways = urllib.request.getproxies() if proxies else {}
    known: dict[str, str] = {way: ways[way] for way in ("http", "https") if way in ways}
    connector = aiohttp.TCPConnector(
        limit=concurrency,
        keepalive_timeout=_KEEP_ALIVE_S,
        use_dns_cache=False,
        resolver=_checked_answers(names, direct=not known),
        socket_factory=_guard(allowed, direct=not known),
    )
    async with aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": agent, "Accept": "image/*,*/*;q=0.1", "Accept-Encoding": "identity"},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,  # `_plain` does, with a limit
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
    ) as session:
        yield Wire(session, names, known)


def _checked_answers(names: Names, *, direct: bool) -> aiohttp.abc.AbstractResolver:
    """Gives out what was checked and never looks anything up, but for the user's own proxy."""
    import aiohttp.abc

    class Checked(aiohttp.abc.AbstractResolver):
        async def resolve(
            self,
            host: str,
            port: int = 0,
            family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - the interface's
        ) -> list[Any]:
            found = [str(address) for address in names.checked(host)]
            if not found and not direct:
                found = await asyncio.to_thread(system_resolver, host)
            if not found:
                raise OSError(errno.EACCES, f"{host} was not checked")
            return [_result(host, address, port) for address in found]

        async def close(self) -> None:
            """Nothing is open."""

    return Checked()


def _result(host: str, address: str, port: int) -> dict[str, object]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return {"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": flags}


def _guard(allowed: Sequence[Network], *, direct: bool) -> Callable[[Any], socket.socket]:
    """Makes sockets, but none to an address that must not be dialled: the last line, whatever was got wrong above."""

    def made(info: Any) -> socket.socket:
        family, kind, proto, _, where = info
        if direct and not permitted(ipaddress.ip_address(where[0]), allowed):
            raise OSError(errno.EACCES, f"{where[0]} is not on the public internet")
        return socket.socket(family=family, type=kind, proto=proto)

    return made


def _unconnected(error: aiohttp.ClientConnectorError) -> FetchError:
    code = error.os_error.errno or 0
    if code == errno.EACCES:
        return FetchError(Reason.ADDRESS_REFUSED, str(error.os_error)[:300], retryable=False)
    why = os.strerror(code).lower() if code in errno.errorcode else str(error.os_error) or type(error).__name__
    detail = redact(f"no connection to {error.host}: {why}")[:300]
    return FetchError(Reason.FETCH_FAILED, detail, again=True, suspect=True, local=code in _UNREACHABLE)


def _too_large(what: str, cap: int) -> FetchError:
    return FetchError(Reason.TOO_LARGE, f"{what}, the limit is {cap:,} bytes", retryable=False)


def _plain(data: bytes, encoding: str, checks: Checks) -> bytes:
    """`data` without a compression nobody asked for. Never holds more than the cap, whatever it would inflate to."""
    if encoding in {"", "identity"}:
        return data
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise FetchError(Reason.FETCH_FAILED, f"content encoding {encoding[:40]!r} was not asked for")
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # the header tells gzip from deflate
    try:
        plain = stream.decompress(data, checks.cap + 1)
    except zlib.error as error:
        raise FetchError(Reason.FETCH_FAILED, f"damaged {encoding}: {error}", again=True) from error
    if len(plain) > checks.cap:
        detail = f"{len(data):,} bytes of {encoding} unpack to more than {checks.cap:,}"
        raise FetchError(Reason.COMPRESSED_LIMIT, detail, retryable=False)
    if not stream.eof:
        raise FetchError(Reason.FETCH_FAILED, f"the {encoding} ends before its end", again=True)
    checks.first(plain[:PIECE_BYTES])
    return plain
