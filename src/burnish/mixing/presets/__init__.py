"""Mixtures that papers arrived at, as data: one TOML file each, with its source and a word on how sure it is."""

from __future__ import annotations

from importlib.resources import files

from burnish.errors import UsageError


def names() -> list[str]:
    """All presets, sorted."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))


def text(name: str) -> str:
    """The preset as TOML. Raises `UsageError` with the list of them."""
    if name not in names():
        from rapidfuzz import process

        hit = process.extractOne(name, names(), score_cutoff=60)
        near = f" Did you mean {hit[0]!r}?" if hit else ""
        raise UsageError(f"there is no preset {name!r}.{near}\nChoose from: {', '.join(names())}")
    return (files(__name__) / f"{name}.toml").read_text(encoding="utf-8")
