"""What a run was made with, as its output tells."""

from __future__ import annotations

from typing import Any

from burnish import plan as plans
from burnish.errors import UsageError
from burnish.storage.opening import open_files
from burnish.storage.plan_file import read_plan


def rewrites_below(source: str) -> float:
    """The score under which the run that wrote `source` rewrote; that of a run without settings if none wrote it."""
    try:
        stored: Any = read_plan(open_files(source)).get("plan")
        return float(stored["rewrite.below"])
    except (FileNotFoundError, NotADirectoryError, KeyError, TypeError, UsageError):
        return plans.RewriteRules().below  # a source that no run of burnish wrote, or one that rewrites nothing
