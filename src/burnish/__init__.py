"""burnish: image-text pairs in, the same number of better pairs out.

``burnish.open(src)`` iterates the pairs of a source, ``burnish.assess(...)`` scores, ``burnish.enhance(...)``
keeps, rewrites, verifies. Names are loaded when used: ``import burnish`` itself loads next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from burnish.api import assess, enhance, open  # noqa: A004
    from burnish.backends.function import FunctionBackend
    from burnish.errors import BurnishError, StopError, UsageError
    from burnish.plan import Plan
    from burnish.summary import Summary
    from burnish.values import Caption, Fault, Gap, Pair, Record, Score

_HOME = {
    "BurnishError": "errors",
    "Caption": "values",
    "Fault": "values",
    "FunctionBackend": "backends.function",
    "Gap": "values",
    "Pair": "values",
    "Plan": "plan",
    "Record": "values",
    "Score": "values",
    "StopError": "errors",
    "Summary": "summary",
    "UsageError": "errors",
    "assess": "api",
    "enhance": "api",
    "open": "api",
}

__all__ = [
    "BurnishError",
    "Caption",
    "Fault",
    "FunctionBackend",
    "Gap",
    "Pair",
    "Plan",
    "Record",
    "Score",
    "StopError",
    "Summary",
    "UsageError",
    "assess",
    "enhance",
    "open",
]


def __getattr__(name: str) -> object:
    import importlib

    if name not in _HOME:
        raise AttributeError(f"module 'burnish' has no attribute {name!r}")
    return getattr(importlib.import_module(f"burnish.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """The public names, loaded or not: what a notebook offers to complete."""
    return __all__
