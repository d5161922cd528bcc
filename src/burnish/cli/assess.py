"""``burnish assess``: scores only."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

from burnish.cli.enhance import enhance

_NOT_HERE = {"recipe", "fuse"}  # the one is chosen here, the other is about rewrites


def assess(**options: Any) -> int:
    """Score every pair by every criterion and change no text: `enhance` with the recipe assess_only."""
    return enhance(**options, recipe="assess_only")


_HINTS = {name: kind for name, kind in get_type_hints(enhance, include_extras=True).items() if name not in _NOT_HERE}
_OWN = [p for name, p in inspect.signature(enhance).parameters.items() if name not in _NOT_HERE]
assess.__signature__ = inspect.Signature(_OWN)  # type: ignore[attr-defined]
assess.__annotations__ = _HINTS

COMMAND = assess
