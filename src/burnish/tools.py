"""A plan's names made into objects: what one worker needs to run shards. Loaded once per process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from burnish import asks, discovery, recipes
from burnish.errors import UsageError
from burnish.images import Decoder
from burnish.plan import Plan
from burnish.protocols import Ask, Backend
from burnish.recipes import Recipe

NO_BACKEND_SIDE_PX = 224
"""Decoded size where the recipe asks no model: the size of the built-in model's input, so costs compare."""


@dataclass(slots=True)
class Tools:
    """The live parts of one worker; `maker` is the backend's identity, "" without one."""

    plan: Plan
    recipe: Recipe
    backend: Backend | None
    asks: tuple[Ask, ...]
    decoder: Decoder
    maker: str

    def close(self) -> None:
        """End the decoding child process."""
        self.decoder.close()


def load_backend(name: str, options: Mapping[str, str]) -> Backend:
    """The backend called `name` (or ``module:object``), made from plain options."""
    made = cast(Callable[[Mapping[str, str]], Backend], discovery.load("backends", name))(options)
    lacking = [part for part in ("identity", "side_px", "answer") if not hasattr(made, part)]
    if lacking:
        raise UsageError(
            f"{name!r} gives no backend: the {type(made).__name__} it makes has no {lacking[0]!r}.\n"
            "A backend is what burnish.protocols.Backend describes; FunctionBackend makes one from a function."
        )
    return made


def load_tools(plan: Plan, backend: Backend | None = None) -> Tools:
    """Everything `plan` names. Raises `UsageError` for unknown names; `backend` replaces the plan's by a live one."""
    recipe = recipes.load(plan.recipe)
    if backend is None and recipe.asks:
        backend = load_backend(plan.backend, plan.backend_options)
    maker = backend.identity if backend else ""
    terms = asks.Terms(plan=plan, recipe=recipe, maker=maker)
    return Tools(
        plan=plan,
        recipe=recipe,
        backend=backend,
        asks=tuple(asks.load(name, terms) for name in recipe.asks),
        decoder=Decoder(plan.limits, backend.side_px if backend else NO_BACKEND_SIDE_PX),
        maker=maker,
    )
