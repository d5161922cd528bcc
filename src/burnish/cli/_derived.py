"""A command that is another one with options of its own: what they share is said by the first alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import Any, TypeVar, get_type_hints

_Command = TypeVar("_Command", bound=Callable[..., Any])

_FIRST = 2
"""SRC and -o come first in every command's help; then its own options, then the shared ones."""


def like(base: Callable[..., Any], *, without: Collection[str]) -> Callable[[_Command], _Command]:
    """Decorates ``def command(*, own..., **options)``: `options` are those of `base` but for `without`."""

    def take_over(command: _Command) -> _Command:
        shared = [p for name, p in inspect.signature(base).parameters.items() if name not in without]
        own = [p for p in inspect.signature(command).parameters.values() if p.kind is p.KEYWORD_ONLY]
        hints = {**get_type_hints(base, include_extras=True), **get_type_hints(command, include_extras=True)}
        command.__annotations__ = {name: hint for name, hint in hints.items() if name not in without}
        signature = inspect.Signature([*shared[:_FIRST], *own, *shared[_FIRST:]])
        command.__signature__ = signature  # type: ignore[attr-defined]
        return command

    return take_over
