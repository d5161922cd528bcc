"""Asks: questions put to a model about a record. Pure: which requests a record needs, and how replies fold in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.plan import Plan
from burnish.protocols import Ask
from burnish.recipes import Recipe
from burnish.standing import weights

if TYPE_CHECKING:
    from burnish.entities.linking import Linker


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an ask is made from: the run's plan, its recipe, who answers (the backend's identity), and the names that
    must survive.
    """

    plan: Plan
    recipe: Recipe
    maker: str
    linker: Linker | None = None

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
        behind = {SCORED_BY: extra, **({"rewrite": ("claims_again",)} if "claims" in extra else {})}
        return tuple(named for name in recipe.asks for named in (name, *behind.get(name, ())))
    lacking = [name for name in extra if name not in recipe.brings]
    if lacking:
        raise UsageError(
            f"the recipe {recipe.name} cannot be asked for {lacking[0]}: it asks for no scores by themselves.\n"
            f"Leave --{lacking[0]} out, or take another recipe (burnish list recipes)."
        )
    return recipe.asks


def load(name: str, terms: Terms) -> Ask:
    """The ask called `name`, made for these terms."""
    return cast(Callable[[Terms], Ask], discovery.load("asks", name))(terms)
