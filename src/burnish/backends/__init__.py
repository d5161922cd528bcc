"""Backends: models that answer requests. One file each; heavy imports stay inside the constructor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from burnish import discovery
from burnish.errors import BurnishError, UsageError
from burnish.protocols import Backend
from burnish.values import Request

if TYPE_CHECKING:
    from burnish.backends.function import Answer

_Factory: TypeAlias = Callable[[Mapping[str, str]], Backend]

_WANTED = (
    "Name a factory: it is called with the options (a mapping of strings) and returns a backend, as described in\n"
    "burnish.protocols.Backend. Or name a function of one request, its argument called 'request': it returns a score,\n"
    "a text, or None to abstain."
)


def load(name: str, options: Mapping[str, str]) -> Backend:
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
