"""Recipes: a paper's way through the asks, as data. One file a paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from burnish import discovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`criteria` are asked in this order; `asks` are module names of `burnish.asks`, run one after the other."""

    name: str
    paper: str
    criteria: tuple[str, ...]
    asks: tuple[str, ...]


def load(name: str) -> Recipe:
    """The recipe called `name`; raises `UsageError` with the nearest name."""
    return cast(Recipe, discovery.load("recipes", name))
