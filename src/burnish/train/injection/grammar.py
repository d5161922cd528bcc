"""Texts for the detector of orders, dealt from grammars: one file a language in `texts`, every line a template.

`(a|b)` is a choice, `{slot}` one of the slot's lines, both may be nested; a backslash takes the next character as it
is. `{any_order}` is a line of the kind "grade". All texts were written for this purpose.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Choice = tuple["Sequence", ...]
Sequence = tuple["str | Slot | Choice", ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one of the lines of a slot."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One line of a grammar: `kind` is its table's key, `order` whether what it makes gives orders."""

    language: str
    kind: str
    order: bool
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language's slots and templates."""

    slots: Mapping[str, tuple[Sequence, ...]]
    templates: tuple[Template, ...]


@cache
def languages() -> Mapping[str, Language]:
    """All languages by code, in the order of their codes. Raises `ValueError` where a line does not parse."""
    found = sorted(files(__package__).joinpath("texts").iterdir(), key=lambda file: file.name)
    named = {file.name.removesuffix(".toml"): file for file in found if file.name.endswith(".toml")}
    return {code: _language(code, tomllib.loads(file.read_text(encoding="utf-8"))) for code, file in named.items()}


def templates() -> list[Template]:
    """The templates of all languages."""
    return [template for language in languages().values() for template in language.templates]


def deal(template: Template, dealt: random.Random) -> str:
    """One text of `template`."""
    return _fill(_parsed(template.line), template.language, dealt)


def slot(language: str, name: str, dealt: random.Random) -> str:
    """One filling of a slot."""
    return _fill((Slot(name),), language, dealt)


def _language(code: str, table: Mapping[str, Mapping[str, list[str]]]) -> Language:
    slots = {name: tuple(_parsed(line) for line in lines) for name, lines in table["slots"].items()}
    slots["any_order"] = tuple(_parsed(line) for line in table["orders"]["grade"])
    found = tuple(
        Template(language=code, kind=kind, order=part == "orders", line=line)
        for part in ("orders", "benign")
        for kind, lines in table[part].items()
        for line in lines
    )
    return Language(slots=slots, templates=found)


def _fill(parts: Sequence, language: str, dealt: random.Random) -> str:
    made = []
    for part in parts:
        if isinstance(part, str):
            made.append(part)
        elif isinstance(part, Slot):
            made.append(_fill(dealt.choice(languages()[language].slots[part.name]), language, dealt))
        else:
            made.append(_fill(dealt.choice(part), language, dealt))
    return "".join(made)


@cache
def _parsed(line: str) -> Sequence:
    tokens = _tokens(line)
    choices = _choices(tokens, line)
    if len(choices) != 1 or next(tokens, None) is not None:
        raise ValueError(f"parentheses do not match in {line!r}")
    return choices[0]


def _tokens(line: str) -> Iterator[str]:
    at = 0
    while at < len(line):
        width = 2 if line[at] == "\\" else 1
        if line[at] == "{":
            width = line.index("}", at) - at + 1
        yield line[at : at + width]
        at += width


def _choices(tokens: Iterator[str], line: str) -> Choice:
    """All alternatives up to the closing parenthesis or the end."""
    found: list[list[str | Slot | Choice]] = [[]]
    for part in tokens:
        if part == ")":
            break
        if part == "|":
            found.append([])
        elif part == "(":
            found[-1].append(_choices(tokens, line))
        elif part[0] == "{":
            found[-1].append(Slot(part[1:-1]))
        else:
            found[-1].append(part[-1])
    return tuple(tuple(each) for each in found)
