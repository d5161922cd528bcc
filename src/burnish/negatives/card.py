"""The card of a set of training samples: what is in it, what was refused, and how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from burnish.negatives import forms
from burnish.negatives.settings import Settings


def card(settings: Settings, found: Mapping[str, Any]) -> str:
    """The card as Markdown; the same for the same arguments."""
    return "\n".join(_text(settings, found)) + "\n"


def _text(settings: Settings, found: Mapping[str, Any]) -> Iterator[str]:
    files = ", ".join(f"`{forms.load(name).file}`" for name in settings.names("forms"))
    yield "# Captions of contrasting quality, as chats"
    yield ""
    yield f"{found['lines']:,} samples of {found['taught']:,} captions, from {found['pairs']:,} pairs, made with"
    yield f"burnish negatives. Lines: {files}; images: `images/`, the source's to the byte. Licence and"
    yield "languages are those of the source. `made/` holds every caption that was made, also the refused ones, with"
    yield "the reason."
    yield ""
    yield "| kind | captions |"
    yield "|---|---:|"
    for kind, ways in found["by"]["taught"].items():
        yield f"| {kind} | {sum(ways.values()):,} |"
    yield ""
    yield "| way | shown to the judge | kept | refused |"
    yield "|---|---:|---:|---|"
    for way in sorted({*found["tried"], *found["refused"]}):
        reasons = ", ".join(f"{reason} {number:,}" for reason, number in found["refused"].get(way, {}).items())
        yield f"| {way} | {found['tried'].get(way, 0):,} | {found['kept'].get(way, 0):,} | {reasons} |"
    yield ""
    yield f"Pairs left out: {', '.join(f'{name} {number:,}' for name, number in found['left_out'].items()) or 'none'}."
