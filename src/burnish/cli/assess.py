"""``burnish assess``: scores only."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

from burnish.cli.enhance import enhance

_RECIPE = "recipe"


def assess(**options: Any) -> int:
    """Score every pair by every criterion and change no text: `enhance` with the recipe assess_only."""
    return enhance(**options, recipe="assess_only")


# The options of `enhance`, all but the one that is chosen here.
_HINTS = {name: kind for name, kind in get_type_hints(enhance, include_extras=True).items() if name != _RECIPE}
_OWN = [p for name, p in inspect.signature(enhance).parameters.items() if name != _RECIPE]
assess.__signature__ = inspect.Signature(_OWN)  # type: ignore[attr-defined]
assess.__annotations__ = _HINTS

COMMAND = assess
