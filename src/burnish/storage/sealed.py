"""Small JSON files that know when they were damaged: one changed byte, even white space, is found on reading."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import cast

import orjson

from burnish.values import Json

_CHECK = "sha256"
_LOOKS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


class DamagedError(ValueError):
    """The bytes are not what was written: cut, changed, or not a sealed file at all."""


def seal(content: Mapping[str, Json]) -> bytes:
    """`content` as JSON with the SHA-256 of itself: sorted keys, finite numbers, same content same bytes."""
    body = dict(content)
    return orjson.dumps({**body, _CHECK: _digest(body)}, option=_LOOKS)


def unseal(data: bytes) -> dict[str, Json]:
    """The content of `seal`'s bytes, without the checksum. Raises `DamagedError` unless they are exactly those."""
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise DamagedError(f"not JSON: {error}") from error
    if not isinstance(content, dict):
        raise DamagedError("not a JSON object")
    content.pop(_CHECK, None)
    if seal(content) != data:
        raise DamagedError("the checksum does not match")
    return cast("dict[str, Json]", content)


def _digest(body: dict[str, Json]) -> str:
    return hashlib.sha256(orjson.dumps(body, option=_LOOKS)).hexdigest()
