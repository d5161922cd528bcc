"""A plan's names made into objects: what one worker needs to run shards. Loaded once per process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from burnish import asks, backends, discovery, recipes
from burnish.answers import Answered, metered
from burnish.asks import recaption
from burnish.errors import UsageError
from burnish.images import Decoders
from burnish.ocr import Reader
from burnish.plan import Plan
from burnish.protocols import Ask, Backend
from burnish.purse import Shared, Unlimited
from burnish.recipes import Recipe
from burnish.storage.answers import AnswerFile, answers_folder
from burnish.values import Shard

if TYPE_CHECKING:
    from burnish.entities.linking import Linker

NO_BACKEND_SIDE_PX = 224
"""Decoded size where the recipe asks no model: the size of the built-in model's input, so costs compare."""

_CANNOT_FUSE = (
    "rewrite.fuse needs a model that writes what it sees; this one only mends texts.\n"
    "Choose one with --backend: openai, transformers, vllm, a cascade into one of them, or your own."
)


_REWRITING = {"rewrite", "joint"}
"""Asks whose answers are new texts."""


@dataclass(slots=True)
class Tools:
    """The live parts of one worker; `maker` is the backend's identity, "" without one; `reader` of writing in images,
    `linker` of names, if the plan wants them.
    """

    plan: Plan
    recipe: Recipe
    backend: Backend | None
    asks: tuple[Ask, ...]
    decoder: Decoders
    maker: str
    reader: Reader | None = None
    linker: Linker | None = None

    @property
    def captioning(self) -> bool:
        """Whether new captions are asked for."""
        return any(ask.name == recaption.NAME for ask in self.asks)

    def for_shard(self, shard: Shard) -> Tools:
        """These tools for one shard: answers that cost something are journalled before use and found again."""
        if self.backend is None or not metered(self.backend) or not self.plan.output:
            return self
        folder = answers_of(self.plan)
        purse = Shared(folder, self.plan.cost) if self.plan.cost.limited else Unlimited()
        return replace(self, backend=Answered(self.backend, AnswerFile(folder / f"{shard.name}.jsonl"), purse))

    def close(self) -> None:
        """End the child processes."""
        self.decoder.close()
        if self.reader is not None:
            self.reader.close()


def _cannot_caption(name: str) -> str:
    return (
        f"the model {name!r} cannot write captions: it only scores and mends texts.\n"
        f"Models that can: {_able('can_caption')} (fake only pretends), or module:function of your own.\n"
        "Example: --backend openai   (with OPENAI_BASE_URL set; to try it: burnish fakeserver -- burnish recaption ...)"
    )


def _cannot_rewrite(name: str) -> str:
    return (
        f"the model {name!r} writes no texts: it gives scores only.\n"
        f"To score: burnish assess SRC -o OUT --backend {name} ...\n"
        "To rewrite what it finds low, let a model that writes follow it:\n"
        f"--backend cascade --set backend_options.first={name} --set backend_options.then=openai"
    )


def _cannot_check(name: str) -> str:
    return (
        f"the model {name!r} cannot check single claims: it is too coarse for them (docs/figures/claims.md).\n"
        f"Models that can: {_able('can_check')} (fake only pretends), or module:function of your own.\n"
        "Example: --backend openai --claims   (with OPENAI_BASE_URL set)"
    )


def _able(what: str) -> str:
    """The backends that can, by name; of a cascade its second model decides."""
    known = discovery.names("backends")
    return ", ".join(name for name in known if getattr(discovery.load("backends", name), what, True))


def answers_of(plan: Plan) -> Path:
    """The folder of a run's answers."""
    return Path(plan.answers) if plan.answers else answers_folder(plan.output)


def load_tools(plan: Plan, backend: Backend | None = None) -> Tools:
    """Everything `plan` names; `backend` replaces the plan's by a live one.

    Raises `UsageError` for unknown names and for what the model cannot do, `MissingExtra` for what is not installed.
    """
    reader = Reader(plan.limits) if plan.ocr else None  # first: what is not installed is said before a model is loaded
    recipe = recipes.load(plan.recipe)
    if backend is None and recipe.asks:
        backend = backends.load(plan.backend, plan.backend_options)
    if _REWRITING.intersection(recipe.asks) and not getattr(backend, "can_rewrite", True):
        raise UsageError(_cannot_rewrite(plan.backend))
    if plan.rewrite.fuse and not getattr(backend, "can_fuse", True):
        raise UsageError(_CANNOT_FUSE)
    if plan.rewrite.claims and not getattr(backend, "can_check", True):
        raise UsageError(_cannot_check(plan.backend))
    if recaption.NAME in recipe.asks and not getattr(backend, "can_caption", True):
        raise UsageError(_cannot_caption(plan.backend))
    maker = backend.identity if backend else ""
    linker = _linker(plan)
    terms = asks.Terms(plan=plan, recipe=recipe, maker=maker, linker=linker)
    return Tools(
        plan=plan,
        recipe=recipe,
        backend=backend,
        asks=tuple(asks.load(name, terms) for name in asks.names(terms)),
        decoder=Decoders(plan.limits, backend.side_px if backend else NO_BACKEND_SIDE_PX, plan.decoders),
        maker=maker,
        reader=reader,
        linker=linker,
    )


def _linker(plan: Plan) -> Linker | None:
    """Over the plan's table of names; English is the language whose everyday words are known."""
    if not plan.entities.table:
        return None
    from burnish.backends.builtin import lexicon
    from burnish.entities import linking

    rules = plan.entities
    return linking.load(rules.table, min_score=rules.min_score, fuzzy=rules.fuzzy, ordinary=lexicon.known)
