"""ASGI's shapes, and answers that need no framework."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_NONE: Mapping[str, str] = {}


def values(scope: Scope, name: str) -> list[str]:
    """All values of a header, as text; `name` in lower case."""
    wanted = name.encode("ascii")
    return [value.decode("latin-1").strip() for key, value in scope["headers"] if key == wanted]


async def answer(send: Send, status: int, body: bytes, kind: str, headers: Mapping[str, str] = _NONE) -> None:
    """One whole response."""
    told = {"content-type": kind, "content-length": str(len(body)), **headers}
    pairs = [(name.encode("ascii"), value.encode("latin-1")) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def error_body(reason: str, detail: str) -> bytes:
    """The form of every error of ours: ``{"error": {"reason": ..., "detail": ...}}``."""
    return json.dumps({"error": {"reason": reason, "detail": detail}}, ensure_ascii=False).encode()


async def refuse(send: Send, status: int, reason: str, detail: str, headers: Mapping[str, str] = _NONE) -> None:
    """An error as JSON."""
    await answer(send, status, error_body(reason, detail), "application/json", headers)
