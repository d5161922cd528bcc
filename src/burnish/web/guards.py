"""What a server is guarded by, as values."""

from __future__ import annotations

from dataclasses import dataclass, field

from burnish.errors import UsageError
from burnish.web.binding import Bind
from burnish.web.secrets import TOKEN_VARIABLE

CLOSED_CSP = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
"""For answers that are no pages: nothing in them may do anything."""

_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one client may take. `max_body_bytes` of a request, `max_stream_bytes` where the body is read piece by piece
    as it is used. `max_connections` at once. `requests_per_s` of one address, with bursts of two seconds' worth; 0 is
    no limit. `idle_s`: so long may pass without a byte of a request or of an answer being taken.
    """

    max_body_bytes: int = 32 * _MIB
    max_stream_bytes: int = 4_096 * _MIB
    max_connections: int = 256
    requests_per_s: float = 500.0
    idle_s: float = 30.0

    def __post_init__(self) -> None:
        if min(self.max_body_bytes, self.max_stream_bytes, self.max_connections) < 1 or self.idle_s <= 0:
            raise UsageError("a server's limits must be above 0.")
        if not self.requests_per_s >= 0:
            raise UsageError(f"requests_per_s must be at least 0, not {self.requests_per_s!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Where a server listens and what keeps others out.

    `token`: whoever asks must show it, "" for nobody; without one only a loopback address is allowed. `hosts`: names it
    may be called by beside its own addresses. `csp`: of every answer that brings none of its own. `sign_in`: browsers
    get a form for the token and keep a cookie. `streams`: paths whose bodies may be `Limits.max_stream_bytes`. Raises
    `UsageError`.
    """

    bind: Bind = field(default_factory=Bind)
    token: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    csp: str = CLOSED_CSP
    sign_in: bool = False
    streams: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.token and not self.bind.is_loopback:
            raise UsageError(
                f"{self.bind.host} can be reached by others, and there is no token to keep them out.\n"
                f"Listen on 127.0.0.1, or give a token by --token-file FILE or in {TOKEN_VARIABLE}."
            )
