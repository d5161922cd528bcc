"""Asks: questions put to a model about a record. Pure: which requests a record needs, and how replies fold in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from burnish import discovery
from burnish.errors import UsageError
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


SCORED_BY = "assess"
"""The ask that scores and nothing else: what is asked beside scores follows it."""


def names(terms: Terms) -> tuple[str, ...]:
    """The recipe's asks, and what the plan asks beside scores right behind them.

    A joint answer brings its own reasons. Raises `UsageError` for what the recipe cannot give.
    """
    recipe, extra = terms.recipe, terms.plan.extra
    if SCORED_BY in recipe.asks:
        at = recipe.asks.index(SCORED_BY) + 1
        return (*recipe.asks[:at], *extra, *recipe.asks[at:])
    lacking = [name for name in extra if name not in recipe.brings]
    if lacking:
        raise UsageError(
            f"the recipe {recipe.name} cannot {lacking[0]}: it asks for no scores by themselves.\n"
            f"Leave --{lacking[0]} out, or take another recipe (burnish list recipes)."
        )
    return recipe.asks


def load(name: str, terms: Terms) -> Ask:
    """The ask called `name`, made for these terms."""
    return cast(Callable[[Terms], Ask], discovery.load("asks", name))(terms)
