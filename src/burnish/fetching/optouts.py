"""Headers by which owners say that an image is not for this (hazard 69).

``X-Robots-Tag`` with ``noai``, ``noimageai``, ``noindex``, ``noimageindex`` or ``none``, for all or for us by name, as
img2dataset reads it; and ``tdm-reservation: 1`` (W3C community group's TDM Reservation Protocol).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

AGENT: Final = "burnish"
"""The name we go by in ``User-Agent``, robots.txt and X-Robots-Tag."""

DIRECTIVES: Final = frozenset({"noai", "noimageai", "noindex", "noimageindex", "none"})
_WITH_VALUE: Final = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
"""Directives that are followed by a colon; any other word before one is an agent's name."""


def opted_out(headers: Iterable[tuple[str, str]]) -> str:
    """The directive in `headers` (name, value) that says no, "" if none does."""
    for name, value in headers:
        if name.lower() == "x-robots-tag":
            said = _said(value)
            if said:
                return f"X-Robots-Tag: {said}"
        elif name.lower() == "tdm-reservation" and value.strip() == "1":
            return "tdm-reservation: 1"
    return ""


def _said(value: str) -> str:
    """The first directive of one header that is for us; an agent's name holds for all that follow it."""
    agent = ""
    for part in value.lower().split(","):
        word, colon, rest = (piece.strip() for piece in part.partition(":"))
        if colon and word not in _WITH_VALUE:
            agent, word = word, rest
        if word in DIRECTIVES and agent in {"", "*", AGENT}:
            return word
    return ""
