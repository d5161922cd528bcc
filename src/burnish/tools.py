"""A plan's names made into objects: what one worker needs to run shards. Loaded once per process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from burnish import asks, discovery, recipes
from burnish.answers import Answered, metered
from burnish.errors import BurnishError, UsageError
from burnish.images import Decoder
from burnish.plan import Plan
from burnish.protocols import Ask, Backend
from burnish.purse import Shared, Unlimited
from burnish.recipes import Recipe
from burnish.storage.answers import AnswerFile, answers_folder
from burnish.values import Request, Shard

if TYPE_CHECKING:
    from burnish.backends.function import Answer

NO_BACKEND_SIDE_PX = 224
"""Decoded size where the recipe asks no model: the size of the built-in model's input, so costs compare."""

_Factory: TypeAlias = Callable[[Mapping[str, str]], Backend]

_WANTED = (
    "Name a factory: it is called with the options (a mapping of strings) and returns a backend, as described in\n"
    "burnish.protocols.Backend. Or name a function of one request, its argument called 'request': it returns a score,\n"
    "a text, or None to abstain."
)


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


def load_backend(name: str, options: Mapping[str, str]) -> Backend:
    """The backend called `name`, or ``module:object``: a factory that takes the options, or a function of one request.

    Raises `UsageError` for what gives no backend.
    """
    found = discovery.load("backends", name)
    made = _own(name, found, options) if ":" in name else cast(_Factory, found)(options)
    lacking = [part for part in ("identity", "side_px", "answer") if not hasattr(made, part)]
    if lacking:
        raise UsageError(
            f"{name!r} gives no backend: the {type(made).__name__} it makes has no {lacking[0]!r}.\n{_WANTED}"
        )
    return made


def _own(name: str, found: object, options: Mapping[str, str]) -> Backend:
    """A backend from an object of the user's, with one message for whatever goes wrong in it."""
    from burnish.backends.function import FunctionBackend, is_judge

    if is_judge(found):
        if options:
            raise UsageError(f"{name!r} is a function of one request: it takes no backend_options.\n{_WANTED}")
        return FunctionBackend(cast("Callable[[Request], Answer]", found))
    try:
        return cast(_Factory, found)(options)
    except BurnishError:
        raise
    except Exception as error:  # the user's own code, which may raise anything
        raise UsageError(
            f"{name!r} failed when called with the options: {type(error).__name__}: {str(error)[:200]}\n{_WANTED}"
        ) from error


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
