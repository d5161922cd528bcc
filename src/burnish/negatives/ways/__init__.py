"""Ways to make a caption worse: one file a way, its file name is the way's name.

A way by rule has one public thing, ``WAY``: a function of a caption and lots (`Way`). It needs no picture and does not
have to be sure: whether its caption is worse a second judge says (`burnish.negatives.comparing`). The way `teacher`
asks a model instead.
"""

from __future__ import annotations

from typing import cast

from burnish import discovery
from burnish.negatives.ways._base import Given, Way

KIND = "negatives.ways"
TEACHER = "teacher"
"""The way of a model: what it writes is asked for in batches (`burnish.negatives.teaching`)."""


def names() -> list[str]:
    """All ways by rule."""
    return discovery.names(KIND)


def load(name: str) -> Way:
    """The way called `name`, or ``module:object`` of the user's own. Raises `UsageError` with the list."""
    return cast("Way", discovery.load(KIND, name))


__all__ = ["KIND", "TEACHER", "Given", "Way", "load", "names"]
