"""One scene as plain values: everything that is in its picture and where, and what its alt text was made from.

`to_json`/`from_json` carry a scene through any data set as one string. Coordinates are pixels, origin top left,
boxes (left, top, right, bottom) with right and bottom exclusive.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from burnish.errors import UsageError

Box: TypeAlias = tuple[int, int, int, int]

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Objects of one kind that look alike, each at its box. `colour` "" where the kind cannot be recoloured; `size` is
    "large", "small" or "" (neither). No two groups of a scene are of one kind.
    """

    noun: str
    colour: str
    size: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A board with `text` on it."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A bar chart under a title; `values` are the bars' heights, 1..9."""

    title: str
    values: tuple[int, ...]
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class AltText:
    """The text the pair has, and what is known about it.

    `kind`: "clean", or the noise that was put on it (`burnish.scenes.noise`). `junk`: the parts of it that say nothing
    about the picture. `repaired`: what it should be. `true_names` and `false_names`: names, numbers and quotations in
    it; the picture refutes the false ones and cannot refute the others.
    """

    text: str
    kind: str
    repaired: str
    junk: tuple[str, ...] = ()
    true_names: tuple[str, ...] = ()
    false_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A picture's whole truth. `ground` is one of `draw.GROUNDS`; `seed` and `number` made it."""

    seed: int
    number: int
    width: int
    height: int
    ground: str
    groups: tuple[Group, ...]
    sign: Sign | None
    chart: Chart | None
    alt: AltText

    def group(self, noun: str) -> Group | None:
        """The group of a kind of object, or None."""
        return next((group for group in self.groups if group.noun == noun), None)

    def texts(self) -> tuple[str, ...]:
        """Everything that can be read in the picture."""
        return tuple(part for part in (self.sign and self.sign.text, self.chart and self.chart.title) if part)

    def to_json(self) -> str:
        """The scene as one line of JSON."""
        return orjson.dumps({"version": VERSION, **dataclasses.asdict(self)}).decode()


def from_json(text: str) -> Scene:
    """The scene of `to_json`. Raises `UsageError` for anything else."""
    try:
        found = orjson.loads(text)
        if found.pop("version") != VERSION:
            raise UsageError(
                f"the scene is of another version than {VERSION}.\nMake it again with: burnish scenes -o OUT"
            )
        return Scene(
            **{
                **found,
                "groups": tuple(_group(each) for each in found["groups"]),
                "sign": found["sign"] and Sign(text=found["sign"]["text"], box=tuple(found["sign"]["box"])),
                "chart": found["chart"] and _chart(found["chart"]),
                "alt": AltText(**{key: _tuples(value) for key, value in found["alt"].items()}),
            }
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"this is no scene: {text[:80]!r} ({type(error).__name__}: {error}).") from error


def _group(found: dict[str, Any]) -> Group:
    return Group(**{**found, "boxes": tuple(tuple(box) for box in found["boxes"])})


def _chart(found: dict[str, Any]) -> Chart:
    return Chart(title=found["title"], values=tuple(found["values"]), box=tuple(found["box"]))


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
