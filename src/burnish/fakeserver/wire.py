"""What goes back over the wire, and the wire itself for answers that break HTTP on purpose."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol, TypeAlias

import orjson


class Line(Protocol):
    """An open connection."""

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        ...

    def close(self) -> None:
        """End the connection after what was written."""
        ...

    def reset(self) -> None:
        """End the connection at once, with RST."""
        ...

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        ...

    async def wait(self, delay_s: float | None) -> bool:
        """Wait so long (None: for ever); whether the client is still there and the server not about to end."""
        ...


Delivery: TypeAlias = "Callable[[Line, Wire], Awaitable[bool]]"
"""Sends a wire in a way of its own and ends the connection; False if the client left before the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One response. `delivery` None is an ordinary one. `billed`: an answer was generated; `answered`: the
    body holds it. `silent`: no status reaches the client.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery | None = None
    billed: bool = False
    answered: bool = False
    silent: bool = False


def json_wire(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None, *, billed: bool = False
) -> Wire:
    """An ordinary JSON response."""
    told = {"Content-Type": "application/json", **(headers or {})}
    return Wire(body=orjson.dumps(value), status=status, headers=told, billed=billed, answered=billed)


def error_wire(status: int, message: str, kind: str, code: str = "", headers: Mapping[str, str] | None = None) -> Wire:
    """An error in OpenAI's form."""
    error = {"message": f"{message} (burnish fakeserver)", "type": kind, "param": None, "code": code or None}
    return json_wire({"error": error}, status, headers)


def head(wire: Wire, length: int) -> bytes:
    """Status line and headers as bytes, with a Content-Length of `length`, true or not."""
    reason = HTTPStatus(wire.status).phrase if wire.status in set(HTTPStatus) else "Unknown"
    lines = [f"HTTP/1.1 {wire.status} {reason}", *(f"{name}: {value}" for name, value in wire.headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {length}", "Connection: close", "", ""]).encode()
