"""Cut credentials out of everything before it is printed, logged or stored (hazard 70)."""

from __future__ import annotations

import os
import re
from urllib.parse import quote

_USERINFO = re.compile(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]*://)[^/?#\s'\"]*@")
_QUERY = re.compile(r"(?P<url>\b[A-Za-z][A-Za-z0-9+.-]*://(?:(?!%3[Ff])[^?\s'\"])*)(?:\?|%3[Ff])[^\s'\"#]*")
_SECRET_VARIABLE = re.compile(r"(?:^|_)(?:API_?KEY|SECRET|(?:SECRET_)?ACCESS_KEY|TOKEN|PASSWORD)$")
_LEAST_SECRET = 8
"""Shorter ones are what people give to servers that ask for none ("none", "EMPTY"), and stand in ordinary words."""


def redact(text: str) -> str:
    """`text` with the userinfo of every URL in it cut, every query string replaced by ``?...``, and the keys that the
    environment holds replaced by ``***``.

    A presigned URL keeps its secret in the query string, so the whole of it goes. Globs (``?`` in a path without a
    scheme) are left alone.
    """
    for secret in _secrets():
        if secret in text:
            text = text.replace(secret, "***")
    return _QUERY.sub(r"\g<url>?...", _USERINFO.sub(r"\g<scheme>", text))


def _secrets() -> set[str]:
    """Values of the environment's variables that are named like keys, as they are and as they stand in a URL."""
    found = {value for name, value in os.environ.items() if _SECRET_VARIABLE.search(name)}
    found = {value.strip() for value in found if len(value.strip()) >= _LEAST_SECRET}
    return found | {quote(value, safe="") for value in found}
