"""What models with two towers are measured on: pictures with a class each, or pictures with texts. One file each.

A file defines ``CASES``, a `Kind`; it is named NAME or NAME:SOURCE, as scenarios of judges are. What cannot be shown to
a model is counted in `Missing`, never taken for an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.evals.scenarios import Given
from burnish.values import Picture

KIND = "evals.cases"
HOLE = "{c}"
"""Stands for the class in a template, as in clip_benchmark's files."""
TEMPLATES = ("a picture of a {c}.",)


@dataclass(slots=True)
class Missing:
    """How many cases could not be shown so far: no picture that can be decoded, or nothing known of it."""

    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """A picture of class number `label`; `group` is the picture that it was cut from, else its own key."""

    key: str
    group: str
    picture: Picture
    label: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Told:
    """A picture and all texts that are right for it, one at least."""

    key: str
    picture: Picture
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classes:
    """Classes by number, templates with `HOLE`, and the pictures, one after the other."""

    names: tuple[str, ...]
    templates: tuple[str, ...]
    cases: Iterator[Labelled]
    missing: Missing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """Pictures with their texts, one after the other."""

    cases: Iterator[Told]
    missing: Missing


class Kind(Protocol):
    """Raises `UsageError` where a source has no such cases."""

    def classes(self, given: Given, options: Mapping[str, str]) -> Classes:
        """Pictures with a class each."""
        ...

    def texts(self, given: Given, options: Mapping[str, str]) -> Texts:
        """Pictures with texts."""
        ...


def load(name: str) -> Kind:
    """The cases called `name`; raises `UsageError` with the nearest name."""
    return cast(Kind, discovery.load(KIND, name))


def needs_source(name: str, given: Given) -> str:
    """The source. Raises `UsageError` if there is none."""
    if not given.source:
        raise UsageError(f"{name} needs a source.\nExample: --scenario {name}:SRC")
    return given.source


def only(options: Mapping[str, str], known: tuple[str, ...], name: str) -> None:
    """Raises `UsageError` for an option that the cases `name` do not have."""
    if unknown := sorted(options.keys() - set(known)):
        raise UsageError(f"{name} has no option {unknown[0]!r}.\nIt has: {', '.join(known) or 'none'}")


def templates_of(path: str) -> tuple[str, ...]:
    """The templates of a text file, one a line. Raises `UsageError` for none, and for a line without `HOLE`."""
    found = lines_of(path)
    wrong = next((line for line in found if HOLE not in line), None)
    if wrong is not None or not found:
        raise UsageError(
            f"{path}: {'it is empty' if wrong is None else f'the template {wrong!r} has no place for a class'}.\n"
            f"Write one template a line, such as: a photo of a {HOLE}."
        )
    return found


def lines_of(path: str) -> tuple[str, ...]:
    """The lines of a text file, without those that are empty. Raises `UsageError` for one that cannot be read."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path!r}: {error}.") from error
    return tuple(line.strip() for line in text.splitlines() if line.strip())
