"""Cut credentials out of everything before it is printed, logged or stored (hazard 70)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar
from urllib.parse import quote

from burnish.texts import storable

_USERINFO = re.compile(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]*://)[^/?#\s'\"]*@")
_QUERY = re.compile(r"(?P<url>\b[A-Za-z][A-Za-z0-9+.-]*://(?:(?!%3[Ff])[^?\s'\"])*)(?:\?|%3[Ff])[^\s'\"#]*")
_SECRET_VARIABLE = re.compile(
    r"(?:^|_)(?:API_?KEY|SECRET|(?:ACCESS|ACCOUNT|STORAGE|PRIVATE|SECRET)_KEY|CONNECTION_STRING|TOKEN|PASSWORD)$"
)
_SECRET_PART = re.compile(r"(?:Key|Signature)=([^;]+)")
"""Of a connection string, as Azure's: the key alone opens what the whole opens."""
_LEAST_SECRET = 8
"""Shorter ones are what people give to servers that ask for none ("none", "EMPTY"), and stand in ordinary words."""

Value = TypeVar("Value")


def redact(text: str) -> str:
    """`text` with the userinfo of every URL in it cut, every query string replaced by ``?...``, and the keys that the
    environment holds replaced by ``***``.

    A presigned URL keeps its secret in the query string, so the whole of it goes. Globs (``?`` in a path without a
    scheme) are left alone.
    """
    return _without(text, _secrets())


def redacted(value: Value) -> Value:
    """A JSON value with credentials cut out of every string in it, names of keys included, and nothing in it that UTF-8
    cannot hold. Finished JSON is no text for `redact`: there a URL does not end where the string ends.
    """
    found: Value = _each(value, _secrets())
    return found


def json_line(value: Mapping[str, Any]) -> str:
    """`value` as one line of JSON that may be shown."""
    import orjson

    return orjson.dumps(redacted(value)).decode()


def _each(value: Any, secrets: AbstractSet[str]) -> Any:
    if isinstance(value, str):
        return _without(storable(value)[0], secrets)
    if isinstance(value, Mapping):
        return {_each(name, secrets): _each(inner, secrets) for name, inner in value.items()}
    return [_each(inner, secrets) for inner in value] if isinstance(value, list | tuple) else value


def _without(text: str, secrets: AbstractSet[str]) -> str:
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, "***")
    return _QUERY.sub(r"\g<url>?...", _USERINFO.sub(r"\g<scheme>", text))


def _secrets() -> set[str]:
    """Values of the environment's variables that are named like keys, as they are and as they stand in a URL."""
    found = {value for name, value in os.environ.items() if _SECRET_VARIABLE.search(name)}
    found |= {part for value in found for part in _SECRET_PART.findall(value)}
    found = {value.strip() for value in found if len(value.strip()) >= _LEAST_SECRET}
    return found | {quote(value, safe="") for value in found}
