"""A plan's names made into objects: what one worker needs to run shards. Loaded once per process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from burnish import asks, backends, recipes
from burnish.answers import Answered, metered
from burnish.images import Decoder
from burnish.plan import Plan
from burnish.protocols import Ask, Backend
from burnish.purse import Shared, Unlimited
from burnish.recipes import Recipe
from burnish.storage.answers import AnswerFile, answers_folder
from burnish.values import Shard

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

    def for_shard(self, shard: Shard) -> Tools:
        """These tools for one shard: answers that cost something are journalled before use and found again."""
        if self.backend is None or not metered(self.backend) or not self.plan.output:
            return self
        folder = answers_of(self.plan)
        purse = Shared(folder, self.plan.cost) if self.plan.cost.limited else Unlimited()
        return replace(self, backend=Answered(self.backend, AnswerFile(folder / f"{shard.name}.jsonl"), purse))

    def close(self) -> None:
        """End the decoding child process."""
        self.decoder.close()


def answers_of(plan: Plan) -> Path:
    """The folder of a run's answers."""
    return Path(plan.answers) if plan.answers else answers_folder(plan.output)


def load_tools(plan: Plan, backend: Backend | None = None) -> Tools:
    """Everything `plan` names. Raises `UsageError` for unknown names; `backend` replaces the plan's by a live one."""
    recipe = recipes.load(plan.recipe)
    if backend is None and recipe.asks:
        backend = backends.load(plan.backend, plan.backend_options)
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
