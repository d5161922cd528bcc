"""From a stranger's URL to what exactly is to be asked, or why it is not (hazards 65 and 66).

One reading of a URL: host, port and path found here are what is resolved, dialled and sent. Two parsers that disagree
are how guards are passed by, so what could be read in two ways is refused.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from burnish.errors import MissingExtra
from burnish.fetching import FetchError
from burnish.fetching.addresses import Address
from burnish.values import Reason

MAX_CHARS: Final = 8_000
"""Servers commonly refuse a request line above 8 KiB."""

PORTS: Final = frozenset({80, 443})
_DEFAULT_PORT: Final = {"http": 80, "https": 443}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_EDGE: Final = " \t\r\n\f\v"
_HOST: Final = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMERIC: Final = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
"""A host whose last label is a number is an address for every resolver, and none is a name (WHATWG URL)."""
_SAFE: Final = "/:[]@!$&'()*+,;=%~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to ask: `host` in lower-case ASCII without a final dot, `path` encoded, with its query. `address` is set
    where the host is an address.
    """

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port != _DEFAULT_PORT[self.scheme] else "")

    @property
    def url(self) -> str:
        """The whole URL."""
        return self.origin + self.path


def parse(url: str, ports: frozenset[int] = PORTS) -> Target:
    """The target of `url`; `ports` are allowed. Raises `FetchError` (url_refused, address_refused)."""
    parts, port = _split(url.strip(_EDGE))
    if parts.scheme not in _DEFAULT_PORT:
        _refuse(f"scheme {parts.scheme[:20]!r} is not fetched, only http and https")
    if "@" in parts.netloc:
        _refuse("a URL with a user or a password")
    if "\\" in parts.netloc:
        _refuse("a backslash in the host")
    if port is None:
        port = _DEFAULT_PORT[parts.scheme]
    if port not in ports:
        _refuse(f"port {port} is not allowed")
    name, address = _host(parts.hostname or "", bracketed="[" in parts.netloc)
    path = _quoted(parts.path or "/") + (f"?{_quoted(parts.query)}" if parts.query else "")
    return Target(scheme=parts.scheme, host=name, port=port, path=path, address=address)


def _split(text: str) -> tuple[SplitResult, int | None]:
    """The parts of a URL and the port it names."""
    if not text:
        _refuse("the URL is empty")
    if len(text) > MAX_CHARS:
        _refuse(f"the URL has {len(text):,} characters")
    if _CONTROL.search(text):
        _refuse("the URL holds control characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        _refuse(f"not a URL: {error}")
    return parts, port


def redirected(source: Target, location: str, ports: frozenset[int] = PORTS) -> Target:
    """The target of a redirect. Raises `FetchError` as `parse` does, and redirect_refused for one out of https."""
    if _CONTROL.search(location) or "\\" in location:
        _refuse("the redirect holds control characters or backslashes")
    try:
        joined = urljoin(source.url, location.strip(_EDGE))
    except ValueError as error:
        _refuse(f"the redirect is not a URL: {error}")
    target = parse(joined, ports)
    if source.scheme == "https" and target.scheme == "http":
        detail = "a redirect from https to http"
        raise FetchError(Reason.REDIRECT_REFUSED, detail, retryable=False)
    return target


def _quoted(text: str) -> str:
    return quote(text, safe=_SAFE + "?", errors="replace")


def _host(host: str, *, bracketed: bool) -> tuple[str, Address | None]:
    if bracketed:
        try:
            sixth = ipaddress.IPv6Address(host.replace("%", "/"))  # no zones: they name an interface of this machine
        except ValueError:
            _refuse(f"{host[:60]!r} is no IPv6 address")
        return str(sixth), sixth
    name = _ascii(host).removesuffix(".")
    if not _HOST.fullmatch(name) or len(name) > 253:
        _refuse(f"{name[:60]!r} is no host name")
    if _NUMERIC.fullmatch(name):
        try:
            fourth = ipaddress.IPv4Address(name)
        except ValueError:
            detail = f"{name[:60]!r} is an address in an odd spelling"
            raise FetchError(Reason.ADDRESS_REFUSED, detail, retryable=False) from None
        return str(fourth), fourth
    return name, None


def _ascii(host: str) -> str:
    """`host` as resolvers take it: lower case, other scripts as Punycode, full-width digits as digits (UTS 46)."""
    if host.isascii():
        return host.lower()
    try:
        import idna
    except ImportError as error:
        raise MissingExtra("--fetch", "fetch") from error
    try:
        return idna.encode(host, uts46=True).decode().lower()
    except idna.IDNAError as error:
        _refuse(f"{host[:60]!r} is no host name: {error}")


def _refuse(detail: str) -> NoReturn:
    raise FetchError(Reason.URL_REFUSED, detail, retryable=False)
