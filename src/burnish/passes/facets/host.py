"""The host a picture comes from: of the url among the pair's fields."""

from __future__ import annotations

from urllib.parse import urlsplit

from burnish.passes.facets import Told, nothing_more

_MAX_CHARS = 253


class Host:
    """See `Facet`."""

    needs_fields = True

    def __init__(self, of: str) -> None:
        nothing_more("host", of)

    def values(self, told: Told) -> tuple[str, ...]:
        """See `Facet`."""
        url = told.fields.get("url")
        if not isinstance(url, str):
            return ()
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:  # brackets that hold no address
            return ()
        host = host.removeprefix("www.")[:_MAX_CHARS]
        return (host,) if host else ()


FACET = Host
