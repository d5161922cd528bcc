"""A small table of names for tests, and linkers over it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from burnish.backends.builtin import lexicon
from burnish.entities import linking
from burnish.entities.linking import Linker

NAMES = Path(__file__).with_name("names.csv")


@cache
def linker(*, min_score: float = 0.5, fuzzy: bool = True) -> Linker:
    return linking.load(str(NAMES), min_score=min_score, fuzzy=fuzzy, ordinary=lexicon.known)


def linked(text: str, **fields: str) -> dict[str, str]:
    """What is linked in a text and fields: as it stands there -> id."""
    return {entity.text: entity.id for entity in linker().link({"text": text, **fields})}
