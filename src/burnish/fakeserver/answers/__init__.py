"""Answer modes, one file each: the file's name is the mode's name, its ``MODE`` makes an answerer from settings."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias, cast

from burnish.errors import UsageError
from burnish.fakeserver.chat import ChatRequest
from burnish.fakeserver.draws import Draw
from burnish.fakeserver.settings import Settings

Draft: TypeAlias = "str | Mapping[str, float]"
"""What a model wants to say: a text, or answers with their probabilities (what lacks to 1 lies outside them)."""


class Answerer(Protocol):
    """Answers requests. Where chance is wanted, `draw` gives it: equal for equal messages unless sampling was asked."""

    def __call__(self, request: ChatRequest, draw: Draw) -> Draft:
        """The answer; raises `Refused` if there is none."""
        ...


def names() -> list[str]:
    """All modes, sorted."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(settings: Settings) -> Answerer:
    """A fresh answerer of the mode asked for; raises `UsageError` with the list of modes."""
    if settings.answer_mode not in names():
        raise UsageError(f"fakeserver: there is no mode {settings.answer_mode!r}.\nChoose from: {', '.join(names())}")
    module = importlib.import_module(f"{__name__}.{settings.answer_mode}")
    return cast(Callable[[Settings], Answerer], module.MODE)(settings)
