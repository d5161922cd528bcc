"""What a response means: an answer, a fault of the request, a busy server, a failing one, or the end of the run."""

from __future__ import annotations

import math
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

import orjson

from burnish.chat.openai.wire import Lost, Raw

MAX_WAIT_S = 300.0
"""A server that wants to be left alone for longer than this stops the run: it can go on at any time."""

_DETAIL_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A chat completion."""

    payload: Mapping[str, Any]

    @property
    def choice(self) -> Mapping[str, Any]:
        """The first choice; `meaning` made sure that there is one."""
        found: Mapping[str, Any] = self.payload["choices"][0]
        return found

    @property
    def cut(self) -> bool:
        """Whether the budget ended it."""
        return self.choice.get("finish_reason") == "length"

    @property
    def text(self) -> str:
        """What was said, a refusal included; "" if nothing."""
        message = self.choice.get("message")
        if not isinstance(message, dict):
            return ""
        content = message.get("content") or message.get("refusal") or ""
        if isinstance(content, list):
            content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        return content if isinstance(content, str) else ""

    def used(self, name: str) -> int:
        """A count of ``usage``, 0 if it is not given: not every server gives any."""
        usage = self.payload.get("usage")
        count = usage.get(name) if isinstance(usage, dict) else None
        return count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The server will not answer this request. `smaller`: it might with a smaller image. `billed`: it did answer, but
    keeps the text to itself.
    """

    detail: str
    smaller: bool = False
    billed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Later, please: in so many seconds if the server says so."""

    detail: str
    wait_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The server or the network failed. `billed`: work may have been done for it."""

    detail: str
    billed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hopeless:
    """No call will be answered until a person changes something."""

    detail: str


Meaning: TypeAlias = Answered | Rejected | Busy | Failed | Hopeless

_HOPELESS = frozenset({301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 407})
_BUSY = frozenset({429, 503, 529})
_MAY_HAVE_WORKED = frozenset({408, 500, 502, 504})
_SPENT = ("insufficient_quota", "exceeded your current quota", "billing_hard_limit", "insufficient_balance")
_NO_MODEL = ("model_not_found", "model does not exist", "no such model")
_FILTERED = ("content_filter", "content_policy", "moderation", "flagged")


def meaning(came: Raw | Lost) -> Meaning:
    """What to make of what came."""
    if isinstance(came, Lost):
        return Failed(detail=came.detail, billed=came.sent)
    payload = _object(came.body)
    if came.status == 200:
        return _good(came, payload)
    return _bad(came.status, _complaint(came, payload), came.headers)


def _good(came: Raw, payload: Mapping[str, Any] | None) -> Meaning:
    kind = came.headers.get("content-type", "")
    if payload is None or "json" not in kind.lower():
        return Failed(detail=f"status 200 with {kind or 'no type'}: {_start(came.body)}", billed=True)
    if isinstance(payload.get("error"), dict) and not payload.get("choices"):  # as some gateways wrap failures
        code = payload["error"].get("code")
        return _bad(code if isinstance(code, int) and code >= 300 else 500, _complaint(came, payload), came.headers)
    choices = payload.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return Failed(detail=f"an answer without choices: {_start(came.body)}", billed=True)
    if choices[0].get("finish_reason") == "content_filter":
        return Rejected(detail="the server's content filter held the answer back", billed=True)
    return Answered(payload=payload)


def _bad(status: int, said: str, headers: Mapping[str, str]) -> Meaning:
    detail, low = f"status {status}: {said}", said.lower()
    if any(word in low for word in _FILTERED):
        return Rejected(detail=detail)
    if any(word in low for word in (*_SPENT, *_NO_MODEL)) or status in _HOPELESS:
        return Hopeless(detail=detail)
    if status in _BUSY:
        return _busy(status, detail, headers)
    if status in {409, 425} or status >= 500 or status == 408 or status < 300:
        return Failed(detail=detail, billed=status in _MAY_HAVE_WORKED)
    return Rejected(detail=detail, smaller=True)


def _busy(status: int, detail: str, headers: Mapping[str, str]) -> Meaning:
    wait_s = retry_after(headers)
    if wait_s is not None and wait_s > MAX_WAIT_S:
        return Hopeless(detail=f"{detail} (it asks for {wait_s:,.0f} s of patience)")
    if status != 429 and wait_s is None:
        return Failed(detail=detail)
    return Busy(detail=detail, wait_s=wait_s)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from ``retry-after-ms`` or ``Retry-After`` (seconds or a date); None without or senseless.

    A date is compared with the server's own ``Date``, if given: its clock and ours need not agree.
    """
    for name, unit in (("retry-after-ms", 1_000.0), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        try:
            seconds = float(text) / unit
        except ValueError:
            continue
        if not math.isnan(seconds):
            return max(seconds, 0.0)
    there = _date(headers.get("retry-after", ""))
    if there is None:
        return None
    return max(there - (_date(headers.get("date", "")) or time.time()), 0.0)


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def shares(answered: Answered) -> list[tuple[str, float]] | None:
    """(token, probability) of the likeliest first tokens; None where the server gave none or senseless ones."""
    logprobs = answered.choice.get("logprobs")
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    first = content[0] if isinstance(content, list) and content else None
    likely = first.get("top_logprobs") if isinstance(first, dict) else None
    if not isinstance(likely, list) or not likely:
        return None
    found = {}  # a token that stands twice counts once
    for entry in likely:
        token, logprob = (entry.get("token"), entry.get("logprob")) if isinstance(entry, dict) else (None, None)
        if isinstance(token, str) and isinstance(logprob, int | float) and logprob <= 0:
            found[token] = math.exp(logprob)
    return list(found.items()) if found and sum(found.values()) < 1.01 else None  # a hundredth for rounding


def folded(token: str) -> str:
    """A token as an answer may be spelt: full-width digits as plain ones, no white space or word-start marks."""
    return unicodedata.normalize("NFKC", token).strip().strip("\u2581\u0120\u010a").strip()


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _complaint(came: Raw, payload: Mapping[str, Any] | None) -> str:
    """What the server says is wrong, with its code: FastAPI, OpenAI and vLLM each have a form."""
    error = (payload or {}).get("error")
    if isinstance(error, dict):
        said = [str(error[name]) for name in ("message", "code", "type") if error.get(name)]
        return _short(" ".join(said))
    for name in ("error", "message", "detail"):
        if payload and payload.get(name):
            return _short(str(payload[name]))
    return _start(came.body)


def _start(body: bytes) -> str:
    return _short(body[: 4 * _DETAIL_CHARS].decode("utf-8", "replace")) or "(empty)"


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text[: 4 * _DETAIL_CHARS])  # no terminal codes from outside
    return " ".join(shown.split())[:_DETAIL_CHARS]
