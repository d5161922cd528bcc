"""Ways in which two captions of one picture can contradict each other. One file a way.

A way looks at two texts and says what cannot be true together; silence, another choice of words, or a thing that one of
them leaves out is no contradiction. English captions come with their claims (`burnish.claims`); of other languages only
what needs no language is compared: quotations, numbers, names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

from burnish import discovery, edits, languages
from burnish.claims import Claim
from burnish.claims.rules import split

KIND = "passes.conflicts"
OF_FILES = frozenset({"px", "pixel", "dpi", "kb", "mb", "gb"})
"""What numbers of these tell is the file's size, which near duplicates may differ in."""
_SURE_WORDS = 4
"""Of shorter texts the language is a guess: they are read as English if they are plain ASCII."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A caption as it is compared; `claims` is empty unless it is English."""

    text: str
    english: bool
    claims: tuple[Claim, ...]

    @classmethod
    def of(cls, text: str) -> Read:
        """The caption read."""
        english = _is_english(text)
        return cls(text=text, english=english, claims=split(text) if english else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What two captions cannot both be right about: `one` and `other` are what they say, in words of theirs."""

    kind: str
    about: str
    one: str
    other: str


class Contradiction(Protocol):
    """A way. Turning the captions round turns each conflict round and changes nothing else."""

    def __call__(self, one: Read, other: Read) -> Iterator[tuple[str, str, str]]:
        """(what about, what one says, what the other says), in a fixed order."""
        ...


@cache
def ways() -> tuple[tuple[str, Contradiction], ...]:
    """All ways by name."""
    return tuple((name, cast(Contradiction, discovery.load(KIND, name))) for name in discovery.names(KIND))


def between(one: Read, other: Read) -> tuple[Conflict, ...]:
    """All conflicts of two captions."""
    return tuple(
        Conflict(kind=name, about=about, one=says, other=against)
        for name, way in ways()
        for about, says, against in way(one, other)
    )


def apart(one: Mapping[str, Iterable[str]], other: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, str]]:
    """Of what both speak of, where nothing that one says is said by the other."""
    for about in sorted(one.keys() & other.keys()):
        mine, theirs = sorted(set(one[about])), sorted(set(other[about]))
        if not set(mine) & set(theirs):
            yield about, ", ".join(mine), ", ".join(theirs)


def _is_english(text: str) -> bool:
    if len(edits.words(text)) < _SURE_WORDS:
        return text.isascii()
    return languages.classify(text)[0] == "en"
