"""The same text but for case, width, white space and hidden characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import xxhash

from burnish.passes.alike import Seen, no_limit
from burnish.passes.alike.image import SameImage
from burnish.texts import look

MAX_CHARS = 20_000
"""Longer texts are compared by their beginning: no caption is that long."""


def normal(text: str) -> str:
    """What is compared: cleaned, compatibility forms joined (NFKC), case folded, white space single."""
    return " ".join(unicodedata.normalize("NFKC", look(text, MAX_CHARS).clean).casefold().split())


class SameText(SameImage):
    """The signature is a digest of the normal form; an empty text is like none."""

    def __init__(self, limit: float | None) -> None:
        self.limit = no_limit("text", limit)

    def signatures(self, seen: Sequence[Seen]) -> list[bytes | None]:
        """See `Alike`."""
        normals = [normal(each.text) for each in seen]
        return [xxhash.xxh3_128_digest(text.encode()) if text else None for text in normals]


ALIKE = SameText
