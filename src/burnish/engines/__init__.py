"""Engines: where shards run. They know nothing of pairs, models or forms.

One file each, its name the engine's, with an ``ENGINE`` in it; the other files here are what engines are made of.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from typing import Protocol, TypeAlias, cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.plan import Plan
from burnish.protocols import Backend
from burnish.storage.ledger import Counts
from burnish.summary import Summary

OnProgress: TypeAlias = Callable[[Counts], None]


class Engine(Protocol):
    """What an ``ENGINE`` is."""

    def __call__(
        self, plan: Plan, *, on_progress: OnProgress | None = None, backend: Backend | None = None, retry: bool = False
    ) -> Summary:
        """As `run` says."""
        ...


def run(
    plan: Plan, *, on_progress: OnProgress | None = None, backend: Backend | None = None, retry: bool = False
) -> Summary:
    """Do every shard of `plan` that is not done yet, where its engine runs them, and seal the output.

    `on_progress` gets the counts so far, finished shards and those in flight. `backend` is a live model to use in
    this process (then there is one worker). `retry` does only shards with failures, and in them only the failures.
    Raises `UsageError` before anything is touched, `StopError`/`Interrupted` with all committed shards intact.
    """
    engine = cast("Engine | None", discovery.beside("engines", plan.engine, "ENGINE"))
    if engine is None:
        raise UsageError(f"unknown engine {plan.engine!r}.\nChoose from: {', '.join(names())}")
    return engine(plan, on_progress=on_progress, backend=backend, retry=retry)


def names() -> list[str]:
    """All engines, sorted."""
    found = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return sorted(name for name in found if discovery.beside("engines", name, "ENGINE"))
