"""Faults instead of an answer: nothing is generated and nothing billed."""

from __future__ import annotations

import math
import time
from email.utils import formatdate

from burnish.fakeserver.faults import Call
from burnish.fakeserver.wire import Line, Wire, error_wire

_FIVE_HOURS_S = 18_000


def status_429(call: Call) -> Wire:
    """429 with Retry-After in seconds (--retry-after-s)."""
    return _too_many({"Retry-After": str(math.ceil(call.settings.retry_after_s))})


def status_429_date(call: Call) -> Wire:
    """429 with Retry-After as an HTTP date (now and --retry-after-s)."""
    return _too_many({"Retry-After": formatdate(math.ceil(time.time() + call.settings.retry_after_s), usegmt=True)})


def status_429_ms(call: Call) -> Wire:
    """429 with retry-after-ms (--retry-after-s in milliseconds)."""
    return _too_many({"retry-after-ms": str(round(call.settings.retry_after_s * 1_000))})


def status_429_bare(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """429 without a word about when to come back."""
    return _too_many({})


def status_429_hours(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """429 with Retry-After of five hours."""
    return _too_many({"Retry-After": str(_FIVE_HOURS_S)})


def insufficient_quota(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """429 with code insufficient_quota: the account is empty, waiting does not help."""
    return error_wire(429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota")


def status_500(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """500 with a JSON error."""
    return error_wire(500, "Internal server error", "server_error")


def status_502(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """502 with a proxy's HTML page."""
    page = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway (burnish fakeserver)</body></html>"
    return Wire(status=502, body=page, headers={"Content-Type": "text/html"})


def status_503(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """503: the service is not available."""
    return error_wire(503, "The service is temporarily unavailable", "service_unavailable")


def status_529(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """529: the site is overloaded."""
    return error_wire(529, "Overloaded", "overloaded_error")


def status_401(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """401: the key is wrong."""
    return error_wire(401, "Incorrect API key provided", "invalid_request_error", "invalid_api_key")


def status_403(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """403: the key may not use this model."""
    return error_wire(403, "You have no access to this model", "permission_error", "permission_denied")


def model_not_found(call: Call) -> Wire:
    """404: the model does not exist."""
    message = f"The model {call.settings.model_id!r} does not exist"
    return error_wire(404, message, "invalid_request_error", "model_not_found")


def context_length(call: Call) -> Wire:
    """400: the request is longer than the context."""
    message = f"This model's maximum context length is {call.settings.context_tokens} tokens"
    return error_wire(400, message, "invalid_request_error", "context_length_exceeded")


def content_policy(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """400: the request was stopped by a content filter."""
    return error_wire(400, "The request was rejected by our safety system", "image_error", "content_policy_violation")


def status_413(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """413: the request is too large."""
    return error_wire(413, "Request entity too large", "invalid_request_error", "request_too_large")


def reset(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """The connection is reset (RST) as soon as the request is read."""
    return Wire(delivery=_reset, silent=True)


def outage(call: Call) -> Wire:  # noqa: ARG001 - a refusal's signature
    """The connection is closed without a word; in a time window all of /v1 is gone (outage@t5-65)."""
    return Wire(delivery=_close, silent=True)


def _too_many(headers: dict[str, str]) -> Wire:
    return error_wire(429, "Rate limit reached", "rate_limit_error", "rate_limit_exceeded", headers)


async def _reset(line: Line, _wire: Wire) -> bool:
    line.reset()
    return True


async def _close(line: Line, _wire: Wire) -> bool:
    line.close()
    return True
