"""Input and output must be apart: a run must never read what it writes or write over what it reads (hazard 63)."""

from __future__ import annotations

from burnish.errors import UsageError
from burnish.storage.places import Place, locate
from burnish.storage.sources import pieces, search_root


def refuse_overlap(source: str, out: str) -> None:
    """Raise `UsageError` if `out` is `source`, lies inside it, or holds it. Links are followed."""
    target = locate(out)
    for piece in pieces(source):
        root, below = search_root(piece)
        if _store(root) != _store(target):
            continue
        inner, outer = target.real, root.real
        if inner == outer or (below and _is_inside(inner, outer)):
            raise _refusal(source, out, "is the input" if inner == outer else "lies inside the input")
        if _is_inside(outer, inner):
            raise _refusal(source, out, "holds the input")


def _refusal(source: str, out: str, how: str) -> UsageError:
    return UsageError(
        f"the output {locate(out).shown} {how} {locate(source).shown}.\nGive a new folder beside the input as output."
    )


def _store(place: Place) -> str:
    return "" if place.fs is None else f"{place.fs.protocol}{sorted(map(str, place.fs.storage_options.items()))}"


def _is_inside(inner: str, outer: str) -> bool:
    return inner.startswith(outer.rstrip("/") + "/")
