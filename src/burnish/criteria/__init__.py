"""Criteria: what a pair is judged by. One file each; the file's name is the criterion's name everywhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import cast

from burnish import discovery

SCALE = (1, 2, 3, 4, 5)
"""Answers of every criterion of ours: single tokens in all common tokenizers, so a score is an expectation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A caption, in words what its image shows ("" where that does not matter), its mark on `SCALE`, and why."""

    text: str
    mark: int
    why: str
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A question about a pair and what its answers mean. `anchors` describe the answers of `SCALE`, lowest first.

    `examples` stand in every prompt of a chat model, which is paid for with every pair: few and short, or none.
    `needs_image`: without the image it cannot be judged, only guessed. `measured`: names of `burnish.operators`, whose
    figures of the pair are told to a chat model beside the question.
    """

    name: str
    question: str
    anchors: tuple[str, str, str, str, str]
    source: str
    examples: tuple[Example, ...] = ()
    needs_image: bool = True
    measured: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Changes when anything is asked otherwise."""
        return hashlib.blake2b(repr(self).encode(), digest_size=8).hexdigest()


def own(name: str) -> str:
    """The digest of a criterion of the user's own (``module:object``), whose name may come to mean something else; ""
    for one of a package, which its version stands for.
    """
    return load(name).digest if ":" in name else ""


@cache  # a chat model asks for one with every request, and looking through installed packages takes 8 ms
def load(name: str) -> Criterion:
    """The criterion called `name`; raises `UsageError` with the nearest name."""
    return cast(Criterion, discovery.load("criteria", name))
