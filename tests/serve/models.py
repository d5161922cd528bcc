"""Models of one's own, for workers to import."""

from __future__ import annotations

import os
import time
from pathlib import Path

from burnish.errors import StopError
from burnish.values import Request

GATE = "GATE_OF_THE_TEST"
"""Names the file for which `gated` waits."""


def gated(request: Request) -> float:
    """Answers when the test lets it."""
    while not Path(os.environ[GATE]).exists():
        time.sleep(0.01)
    return 4.0


def down(request: Request) -> float:
    """As if the environment had failed for texts that say so."""
    if "down" in getattr(request, "text", ""):
        raise StopError("the model's server is down")
    return 4.0
