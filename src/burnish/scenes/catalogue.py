"""The objects that scenes are made of: what each is called, and its cut-out.

The drawings are public domain and lie beside `objects.tsv` (see `objects/README.md`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from burnish.claims.lexicon import plural

if TYPE_CHECKING:
    from PIL import Image

_FOLDER = "burnish.scenes.objects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One kind of object. `also`: other words for it; `recolour`: its main colour may be changed, so that a scene
    knows it; the colour of the others is not part of any truth. `german`: its name in German, for texts in a wrong
    language.
    """

    noun: str
    plural: str
    category: str
    recolour: bool
    also: tuple[str, ...]
    german: str
    source: str

    @property
    def file(self) -> str:
        """Name of its cut-out."""
        return f"{self.noun}.webp"


@cache
def objects() -> tuple[Thing, ...]:
    """All kinds of objects, in the file's order."""
    text = files(_FOLDER).joinpath("objects.tsv").read_text(encoding="utf-8")
    return tuple(
        Thing(
            noun=row["noun"],
            plural=row["plural"],
            category=row["category"],
            recolour=row["recolour"] == "yes",
            also=tuple(row["also"].split(",")) if row["also"] else (),
            german=row["german"],
            source=row["source"],
        )
        for row in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    )


@cache
def by_noun() -> Mapping[str, Thing]:
    """Kinds of objects by their noun."""
    return MappingProxyType({thing.noun: thing for thing in objects()})


@cache
def nouns() -> Mapping[str, str]:
    """Every word for an object (singular, plural, synonym) with its noun; lower case."""
    found: dict[str, str] = {}
    for thing in objects():
        words = (thing.noun, thing.plural, *thing.also, *(plural(word) for word in thing.also))
        found |= dict.fromkeys(words, thing.noun)
    return MappingProxyType(found)


@cache
def categories() -> Mapping[str, str]:
    """Every word for a category (singular and plural) with the category."""
    names = sorted({thing.category for thing in objects()})
    return MappingProxyType({word: name for name in names for word in (name, plural(name))})


@cache
def cut_out(noun: str) -> Image.Image:
    """The object's picture as RGBA, cut to what is drawn. Shared: copy before changing it."""
    from PIL import Image

    with files(_FOLDER).joinpath(by_noun()[noun].file).open("rb") as file, Image.open(file) as image:
        return image.convert("RGBA")
