"""Training sets from captions of several roles: which one trains is decided by hash, never by order.

`mix` writes a set, `foresee` counts what it would be, `MixedPairs` mixes while a model trains. See docs/mixing.md.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from burnish.mixing.mixture import Mixture
    from burnish.mixing.reading import bind, load, preset
    from burnish.mixing.run import foresee, mix
    from burnish.mixing.stream import MixedPairs

_HOME = {
    "MixedPairs": "stream",
    "Mixture": "mixture",
    "bind": "reading",
    "foresee": "run",
    "load": "reading",
    "mix": "run",
    "preset": "reading",
}

__all__ = ["MixedPairs", "Mixture", "bind", "foresee", "load", "mix", "preset"]


def __getattr__(name: str) -> object:
    """Public names, imported when they are asked for: pydantic and pyarrow come with some of them."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
