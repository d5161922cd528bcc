"""What a service takes in, and from whom."""

from __future__ import annotations

from dataclasses import dataclass

from burnish.errors import UsageError
from burnish.web import Limits

_MIB = 2**20
_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`max_body_mb`: of one pair as JSON, also of a line of a stream; 16 MiB hold an image of 12. `max_waiting` pairs,
    and `max_waiting_mb` of them, may wait for a worker. `max_rate` requests a second of one address (0: no limit),
    `max_connections` at once.
    """

    max_body_mb: int = 16
    max_waiting: int = 512
    max_waiting_mb: int = 256
    max_rate: float = _LIMITS.requests_per_s
    max_connections: int = _LIMITS.max_connections

    def __post_init__(self) -> None:
        if min(self.max_body_mb, self.max_waiting, self.max_waiting_mb) < 1:
            raise UsageError("what a server takes in must be above 0.")

    @property
    def max_body_bytes(self) -> int:
        """Of one pair."""
        return self.max_body_mb * _MIB

    @property
    def max_waiting_bytes(self) -> int:
        """Of all pairs that wait."""
        return self.max_waiting_mb * _MIB

    @property
    def limits(self) -> Limits:
        """What the guards hold clients to."""
        return Limits(
            max_body_bytes=self.max_body_bytes,
            max_connections=self.max_connections,
            requests_per_s=self.max_rate,
        )
