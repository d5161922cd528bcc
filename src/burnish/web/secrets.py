"""The token: from the environment or a file, never from the command line, compared in constant time, never printed."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from burnish.errors import UsageError

TOKEN_VARIABLE = "BURNISH_TOKEN"  # noqa: S105 - the variable's name
LEAST_CHARS = 16
"""Of a token: 16 characters of 6 bits each cannot be guessed over a network."""
MOST_BYTES = 4_096

_MAKE = "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"


def token(file: str | None = None) -> str:
    """The token of `file`, else of ``BURNISH_TOKEN``, else "". Raises `UsageError` without showing it."""
    found = _read(file) if file is not None else os.environ.get(TOKEN_VARIABLE, "")
    found = found.strip()
    where = repr(file) if file is not None else TOKEN_VARIABLE
    if file is None and not found:
        return ""
    if len(found) < LEAST_CHARS or not (found.isascii() and found.isprintable() and " " not in found):
        raise UsageError(f"the token in {where} must be {LEAST_CHARS} or more characters of ASCII.\n{_MAKE}")
    return found


def _read(file: str) -> str:
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES).decode("ascii", "replace")
    except OSError as error:
        raise UsageError(f"cannot read the token in {file!r}: {error.strerror}.\n{_MAKE}") from error


def same(given: str, token: str) -> bool:
    """Whether `given` is the token, in a time that does not depend on how much of it is right, nor on its length."""
    left, right = (hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in (given, token))
    return hmac.compare_digest(left, right)


def session(token: str) -> str:
    """What a browser that has shown `token` keeps as its cookie: made from the token, which it does not give away."""
    return hmac.new(token.encode(), b"burnish session", hashlib.sha256).hexdigest()
