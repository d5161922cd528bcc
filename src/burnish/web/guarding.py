"""The guards round an application, in the order in which a request meets them.

Name (DNS rebinding), rate, token, origin (forged requests), size; every answer then gets its headers. Nothing is
allowed to other origins, so there are no CORS headers at all, and an application's own are taken away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

from burnish.web.asgi import App, Message, Receive, Scope, Send, answer, refuse, values
from burnish.web.binding import LOCALHOST, address, name_of
from burnish.web.guards import Guards
from burnish.web.rates import Rates
from burnish.web.secrets import same, session

COOKIE = "burnish_session"
SIGN_IN = "/sign-in"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM_BYTES = 8_192

_FORM_CSP = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
_FORM = b"""<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>burnish: sign in</title><main><h1>burnish</h1><form method="post" action="/sign-in">
<p><label for="token">Token</label> <input id="token" name="token" type="password" autocomplete="current-password"
required autofocus> <button>Sign in</button></p></form></main></html>
"""


class BodyError(Exception):
    """A request's body cannot be read to its end: raised where an application reads it."""

    status = 400
    reason = "body"
    detail = ""


class TooLargeError(BodyError):
    """More came than is allowed."""

    status = 413
    reason = "too_large"
    detail = "the request's body is larger than this server allows."


class TooSlowError(BodyError):
    """Nothing came for too long."""

    status = 408
    reason = "too_slow"
    detail = "nothing of the request's body came for too long."


def guarded(app: App, guards: Guards) -> App:
    """`app` behind `guards`. Connections to anything but HTTP are refused."""
    rates = Rates(guards.limits.requests_per_s)

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        dressed = _dressed(send, guards)
        if not await _let_in(scope, receive, dressed, (guards, rates)):
            return
        await _bounded(app, scope, receive, dressed, guards)

    return asked


async def _let_in(scope: Scope, receive: Receive, send: Send, rules: tuple[Guards, Rates]) -> bool:
    """Whether a request may pass; if not, it has been answered."""
    guards, rates = rules
    if not _known_host(scope, guards):
        await refuse(send, 421, "wrong_host", "this server is not called by that name; see --allow-host.")
        return False
    wait_s = rates.wait_s(str((scope.get("client") or ("",))[0]))
    if wait_s:
        again = {"retry-after": str(max(1, round(wait_s)))}
        await refuse(send, 429, "too_many_requests", "too many requests from this address.", again)
        return False
    if guards.token and not _shown(scope, guards.token):
        await _ask_for_token(scope, receive, send, guards)
        return False
    if scope["method"] not in _READING and not _same_origin(scope, guards):
        await refuse(send, 403, "wrong_origin", "what changes something must come from this server's own pages.")
        return False
    return True


def _known_host(scope: Scope, guards: Guards) -> bool:
    """Whether the request names this server. An IP address cannot be another's name (rebinding needs one)."""
    told = values(scope, "host")
    name = name_of(told[0]) if len(told) == 1 else ""
    if not name:
        return False
    found = address(name)
    if found is not None:
        return found.is_loopback or not guards.bind.is_loopback
    return name == LOCALHOST or name in guards.hosts


def _same_origin(scope: Scope, guards: Guards) -> bool:
    """Whether no browser says that another site's page sent this. Programs that are no browsers say nothing."""
    origins = values(scope, "origin")
    if origins and not (len(origins) == 1 and origins[0] in _own_origins(scope, guards)):
        return False
    return all(site in {"same-origin", "none"} for site in values(scope, "sec-fetch-site"))


def _own_origins(scope: Scope, guards: Guards) -> Iterator[str]:
    """What a browser calls a page of this server's. Behind a proxy that encrypts only the proxy sees https, and it may
    name the port that a browser leaves out.
    """
    host = values(scope, "host")[0]
    yield f"{scope['scheme']}://{host}"
    if name_of(host) in guards.hosts:
        yield f"https://{host.lower().removesuffix(':443')}"


def _shown(scope: Scope, token: str) -> bool:
    told = values(scope, "authorization")
    if len(told) == 1 and told[0][:7].lower() == "bearer ":
        return same(told[0][7:].strip(), token)
    cookies = [part.strip().partition("=") for value in values(scope, "cookie") for part in value.split(";")]
    return any(name == COOKIE and same(value, session(token)) for name, _, value in cookies)


async def _ask_for_token(scope: Scope, receive: Receive, send: Send, guards: Guards) -> None:
    """401, as a form where a browser wants a page; a right token from the form becomes a cookie."""
    asks = {"www-authenticate": "Bearer"}
    sent = guards.sign_in and scope["method"] == "POST" and scope["path"] == SIGN_IN and _same_origin(scope, guards)
    if sent and same(await _form_token(receive, guards.limits.idle_s), guards.token):
        cookie = f"{COOKIE}={session(guards.token)}; Path=/; HttpOnly; SameSite=Strict"
        await answer(send, 303, b"", "text/plain", {"location": "/", "set-cookie": cookie})
        return
    if guards.sign_in and any("text/html" in accepted for accepted in values(scope, "accept")):
        form = {**asks, "content-security-policy": _FORM_CSP}
        await answer(send, 401, _FORM, "text/html; charset=utf-8", form)
        return
    await refuse(send, 401, "no_token", "send this server's token: Authorization: Bearer TOKEN", asks)


async def _form_token(receive: Receive, idle_s: float) -> str:
    body, more = b"", True
    while more and len(body) <= _FORM_BYTES:
        try:
            message = await asyncio.wait_for(receive(), idle_s)
        except TimeoutError:
            return ""
        body += message.get("body", b"")
        more = bool(message.get("more_body", False))
    fields = parse_qs(body[:_FORM_BYTES].decode("latin-1"), max_num_fields=4) if body.count(b"&") < 4 else {}
    return fields.get("token", [""])[0]


async def _bounded(app: App, scope: Scope, receive: Receive, send: Send, guards: Guards) -> None:
    """Let `app` answer, its request's body bounded in size and in the time between two pieces."""
    limits = guards.limits
    most = limits.max_stream_bytes if scope["path"] in guards.streams else limits.max_body_bytes
    told = values(scope, "content-length")
    if told and told[0].isdecimal() and int(told[0]) > most:
        await _refuse_body(send, TooLargeError())
        return
    body = _Body(receive=receive, send=send, most=most, idle_s=limits.idle_s)
    try:
        await app(scope, body.piece, body.answer)
    except BodyError as error:
        body.broken = error
    except asyncio.CancelledError:  # the server ends, and this took longer than a drain may
        if body.answering:
            raise
        await refuse(send, 503, "stopped", "the server was stopped before this was done.", {"retry-after": "10"})
        return
    if body.broken is not None and not body.answering:
        await _refuse_body(send, body.broken)


async def _refuse_body(send: Send, error: BodyError) -> None:
    await refuse(send, error.status, error.reason, error.detail)


@dataclass(slots=True, kw_only=True)
class _Body:
    """One request's body as it comes. What went wrong is kept in `broken`: frameworks make an answer of their own of an
    error while they read, and ours is sent in its place.
    """

    receive: Receive
    send: Send
    most: int
    idle_s: float
    came: int = 0
    whole: bool = False
    answering: bool = False
    broken: BodyError | None = None

    async def piece(self) -> Message:
        """The next piece. Raises `BodyError`, again and again once it has."""
        if self.broken is not None:
            raise self.broken
        try:
            # Once the body is whole, waiting here is waiting for the client to leave.
            message = await (self.receive() if self.whole else asyncio.wait_for(self.receive(), self.idle_s))
        except TimeoutError:
            self.broken = TooSlowError()
            raise self.broken from None
        self.whole = not message.get("more_body", False)
        self.came += len(message.get("body", b""))
        if self.came > self.most:
            self.broken = TooLargeError()
            raise self.broken
        return message

    async def answer(self, message: Message) -> None:
        """Send, unless it is an answer to a body that broke."""
        if self.broken is None or self.answering:
            self.answering = True
            await self.send(message)


def _dressed(send: Send, guards: Guards) -> Send:
    """`send` whose answers carry the headers of every answer."""
    unless_told = {b"content-security-policy": guards.csp.encode("latin-1"), b"cache-control": b"no-store"}
    always = {
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
        b"referrer-policy": b"no-referrer",
        b"cross-origin-opener-policy": b"same-origin",
        b"cross-origin-resource-policy": b"same-origin",
    }

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(name.lower(), value) for name, value in message.get("headers", ())]
            kept = [(n, v) for n, v in own if n not in always and not n.startswith(b"access-control-")]
            added = {**unless_told, **always}
            missing = [(n, v) for n, v in added.items() if n not in dict(kept)]
            message = {**message, "headers": [*kept, *missing]}
        await send(message)

    return sent
