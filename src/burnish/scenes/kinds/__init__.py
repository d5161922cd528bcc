"""Kinds of scenes: one file a kind, its file name is the kind's name, its one public thing ``KIND``."""

from __future__ import annotations

from typing import cast

from burnish import discovery
from burnish.scenes.kinds._base import Kind, Member

PACKAGE = "scenes.kinds"
DEFAULT = "scenes"


def names() -> list[str]:
    """All kinds."""
    return discovery.names(PACKAGE)


def load(name: str) -> Kind:
    """The kind called `name`. Raises `UsageError` with the list."""
    return cast("Kind", discovery.load(PACKAGE, name))


__all__ = ["DEFAULT", "PACKAGE", "Kind", "Member", "load", "names"]
