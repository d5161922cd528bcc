"""Asks: questions put to a model about a record. Pure: which requests a record needs, and how replies fold in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from burnish import discovery
from burnish.plan import Plan
from burnish.protocols import Ask
from burnish.recipes import Recipe
from burnish.standing import weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an ask is made from: the run's plan, its recipe, and who answers (the backend's identity)."""

    plan: Plan
    recipe: Recipe
    maker: str

    @property
    def weights(self) -> Mapping[str, float]:
        """Weight of each criterion that decides."""
        return weights(self.plan, self.recipe)


def load(name: str, terms: Terms) -> Ask:
    """The ask called `name`, made for these terms."""
    return cast(Callable[[Terms], Ask], discovery.load("asks", name))(terms)
