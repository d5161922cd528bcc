"""The words of orders, one file a language, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language: does it put spaces between words, the words of `patterns`, and those of `signs` (may be none)."""

    spaced: bool
    shapes: Mapping[str, list[str]]
    signs: Mapping[str, list[str]]


@cache
def words() -> tuple[Words, ...]:
    """All languages, in the order of their codes."""
    found = sorted(files(__package__).iterdir(), key=lambda file: file.name)
    tables = (tomllib.loads(file.read_text(encoding="utf-8")) for file in found if file.name.endswith(".toml"))
    return tuple(
        Words(spaced=table["spaced"], shapes=table["shapes"], signs=table.get("signs", {})) for table in tables
    )
