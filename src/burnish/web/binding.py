"""Where a server listens, and which names it may be called by (hazards 75 and 76)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TypeAlias

from burnish.errors import UsageError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

LOCALHOST = "localhost"
"""The one name that leads to this machine by definition (RFC 6761), so that no stranger's name server is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """An address to listen on. `host` is an IP address or "localhost", never another name: what it stands for must be
    known when it is decided whether a token is needed. `port` 0 takes a free one.
    """

    host: str = "127.0.0.1"
    port: int = 0

    @classmethod
    def parse(cls, text: str) -> Bind:
        """``127.0.0.1:8000``, ``[::1]:8000``, ``localhost:0``, or a bare port. Raises `UsageError`."""
        host, colon, port = text.rpartition(":")
        if not (port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) <= 65_535):
            raise UsageError(f"{text!r} is no address to listen on.\nExample: --bind 127.0.0.1:8000")
        if not colon:
            return cls(port=int(port))
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host.replace(":", "?")
        if bare != LOCALHOST and address(bare) is None:
            raise UsageError(
                f"{host!r} is no IP address: a server listens on an address of this machine, not on a name.\n"
                "Example: --bind 127.0.0.1:8000, or --bind 0.0.0.0:8000 --allow-host captions.example.org"
            )
        return cls(host=bare, port=int(port))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        found = address(self.host)
        return self.host == LOCALHOST or (found is not None and found.is_loopback)

    def url(self, port: int) -> str:
        """The address of a server that listens here on `port`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{port}"


def address(text: str) -> Address | None:
    """`text` as an IP address, None if it is none; zones and short forms are none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if getattr(found, "scope_id", None) else found


def name_of(host: str) -> str:
    """The name in a Host header, in lower case, without port and brackets; "" if the header is not well formed."""
    if host.startswith("["):
        name, closed, rest = host[1:].partition("]")
        good = bool(closed) and address(name) is not None and _is_port(rest)
        return name.lower() if good else ""
    name, colon, port = host.partition(":")
    return name.lower() if _is_port(colon + port) else ""


def _is_port(text: str) -> bool:
    return not text or (text.startswith(":") and text[1:].isascii() and text[1:].isdecimal() and len(text) <= 6)
