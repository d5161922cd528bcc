"""``burnish assess``: scores only."""

from __future__ import annotations

from typing import Any

from burnish.cli._derived import like
from burnish.cli.enhance import enhance


@like(enhance, without={"recipe", "fuse", "claims"})  # the one is chosen here, the others are about rewrites
def assess(**options: Any) -> int:
    """Score every pair by every criterion and change no text: `enhance` with the recipe assess_only."""
    return enhance(**options, recipe="assess_only")


COMMAND = assess
