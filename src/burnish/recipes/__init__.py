"""Recipes: a paper's way through the asks, as data. One file a paper."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from burnish import discovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`criteria` are asked in this order; `asks` are module names of `burnish.asks`, run one after the other.

    `decides`: weights of the criteria whose mean is compared with the threshold, where the plan gives none. `brings`:
    what else its answers hold that a plan can ask for beside scores ("explain").
    """

    name: str
    paper: str
    criteria: tuple[str, ...]
    asks: tuple[str, ...]
    decides: Mapping[str, float] = field(default_factory=lambda: {"overall": 1.0})
    brings: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Changes when anything is asked or decided otherwise; what the criteria say is theirs."""
        return hashlib.blake2b(repr(self).encode(), digest_size=8).hexdigest()


def load(name: str) -> Recipe:
    """The recipe called `name`; raises `UsageError` with the nearest name."""
    return cast(Recipe, discovery.load("recipes", name))
