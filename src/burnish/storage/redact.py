"""Cut credentials out of URLs before anything is printed, logged or stored (hazard 70)."""

from __future__ import annotations

import re

_USERINFO = re.compile(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]*://)[^/?#\s'\"]*@")
_QUERY = re.compile(r"(?P<url>\b[A-Za-z][A-Za-z0-9+.-]*://[^?\s'\"]*)\?[^\s'\"#]*")


def redact(text: str) -> str:
    """`text` with the userinfo of every URL in it cut and every query string replaced by ``?...``.

    A presigned URL keeps its secret in the query string, so the whole of it goes. Globs (``?`` in a path without a
    scheme) are left alone.
    """
    return _QUERY.sub(r"\g<url>?...", _USERINFO.sub(r"\g<scheme>", text))
