"""Why the built-in model gave a score, from the evidence it has at hand: no words of the caption, none of its own."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.backends.builtin.judge import Judged
from burnish.criteria import SCALE
from burnish.values import Edit

_MIDDLE = (SCALE[0] + SCALE[-1]) / 2


def of_text(quality: Judged, repairs: Sequence[Edit]) -> str:
    """What is wrong with the text: what the editor would repair, else what the judge went by."""
    found = "; ".join(dict.fromkeys(edit.why for edit in repairs))
    if quality.value >= _MIDDLE or not found:
        return f"text: {quality.reason}"
    return f"text: {found}"


def of_match(match: Judged) -> str:
    """What the picture looks like, and how far the text is from it."""
    fits = (match.value - SCALE[0]) / (SCALE[-1] - SCALE[0])
    return f"{match.reason}; the text fits it with p={fits:.2f}"


def of_overall(quality: Judged, match: Judged, repairs: Sequence[Edit]) -> str:
    """What pulls it down, the text first; both if both do, the text if neither does."""
    low = [of_text(quality, repairs)] if quality.value < _MIDDLE else []
    if not match.abstained and match.value < min(quality.value, _MIDDLE):
        low.append(of_match(match))
    return "; ".join(low) or of_text(quality, repairs)
