"""What can go wrong: every public function of the modules here is a fault, its name the fault's name.

The module says at which point it strikes, and so whether the call is billed:

refusals      instead of an answer; nothing was generated, nothing is billed      Call -> Wire
drafts        what the model wants to say; billed                                 Call, Draft -> Draft
completions   the JSON of the completion; billed                                  Call, JSON -> JSON
wires         how it is sent; billed                                              Call, Wire -> Wire
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from burnish.fakeserver.answers import Draft
from burnish.fakeserver.chat import ChatRequest
from burnish.fakeserver.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a fault may look at. `request` is None for refusals, which strike before it is read; `answer` gives what
    the model says to any request; `other` is the last different request, or None.
    """

    settings: Settings
    answer: Callable[[ChatRequest], Draft]
    request: ChatRequest | None = None
    other: ChatRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of fault; `function` has the signature of its stage."""

    name: str
    stage: str
    function: Callable[..., Any]

    @property
    def about(self) -> str:
        """The function's documentation, on one line."""
        return " ".join((self.function.__doc__ or "").split())

    @property
    def billed(self) -> bool:
        """Whether the answer was generated."""
        return self.stage != "refusals"


def load() -> dict[str, Fault]:
    """All faults by name, sorted."""
    found = [fault for module in pkgutil.iter_modules(__path__) for fault in _of(module.name)]
    return {fault.name: fault for fault in sorted(found, key=lambda fault: fault.name)}


def _of(stage: str) -> list[Fault]:
    module = importlib.import_module(f"{__name__}.{stage}")
    functions = inspect.getmembers(module, inspect.isfunction)
    return [
        Fault(name=name, stage=stage, function=function)
        for name, function in functions
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


def nearest(name: str) -> str:
    """A sentence with the most similar name, or nothing."""
    from rapidfuzz import process

    hit = process.extractOne(name, list(load()), score_cutoff=60)
    return f" Did you mean {hit[0]!r}?" if hit else ""
