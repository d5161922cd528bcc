"""Mixtures for tests, made from TOML as a user would."""

from __future__ import annotations

from pathlib import Path

from burnish.mixing.mixture import Mixture
from burnish.mixing.reading import bind, parse

HALF = '[groups.all]\nmissing = "renormalise"\nroles = { alt = 0.5, ssc = 0.5 }\n'


def mixture(toml: str = HALF, *sources: str | Path, head: str = "") -> Mixture:
    """The mixture in `toml` with sources in place; `head` are top-level keys."""
    return bind(parse(f"{head}\n{toml}", "test"), [str(source) for source in sources])
