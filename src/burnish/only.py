"""Which pairs get a new caption: the little language of ``burnish recaption --only``.

only = term { "and" term }          all terms must hold, each said once; nothing at all holds for every pair
term = "missing"                    the pair has no caption of the format yet (asked for each format)
     | "empty"                      the pair's text is empty
     | "below" NUMBER               its text stands below that score, 1 to 5
     | "role" NAME { "," NAME }     its text has that role: alt, rewrite, edited, or a format's name
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from burnish.errors import UsageError
from burnish.values import Caption

_AND = re.compile(r"\s+and\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """What was said; None and False where nothing was."""

    missing: bool = False
    empty: bool = False
    below: float | None = None
    roles: tuple[str, ...] = ()

    def wants(self, captions: Sequence[Caption], at: int, format_name: str) -> bool:
        """Whether a pair with these captions, of which `at` is its text, gets one of the format, scores aside."""
        if self.empty and captions[at].text.strip():
            return False
        if self.roles and captions[at].role not in self.roles:
            return False
        return not (self.missing and any(c.role == format_name and not rejected(c) for c in captions))


def rejected(caption: Caption) -> bool:
    """Whether a run has turned the caption down."""
    return caption.verdict.startswith("rejected") or caption.verdict == "outdone"


def parse(text: str) -> Only:
    """What `text` says. Raises `UsageError` for a term that stands twice, and with the grammar's words for what it does
    not have.
    """
    found = Only()
    said: set[str] = set()
    for term in _AND.split(text.strip()) if text.strip() else ():
        word, _, rest = term.partition(" ")
        if word in said:
            raise UsageError(
                f'only: {word!r} stands twice.\nSay each term once; one of several roles is: --only "role alt,rewrite"'
            )
        said.add(word)
        take = _TERMS.get(word)
        taken = take(found, rest.strip()) if take is not None else None
        if taken is None:
            raise UsageError(
                f"only: {term!r} says nothing about a pair.\n"
                "Terms: missing, empty, below NUMBER (1 to 5), role NAME[,NAME]; joined by 'and'.\n"
                'Example: --only "below 3 and role alt"'
            )
        found = taken
    return found


def _below(found: Only, rest: str) -> Only | None:
    try:
        number = float(rest)
    except ValueError:
        return None
    return replace(found, below=number) if 1 <= number <= 5 else None


def _roles(found: Only, rest: str) -> Only | None:
    names = tuple(name.strip() for name in rest.split(","))
    return replace(found, roles=names) if all(names) and not any(" " in name for name in names) else None


_TERMS: dict[str, Callable[[Only, str], Only | None]] = {
    "missing": lambda found, rest: None if rest else replace(found, missing=True),
    "empty": lambda found, rest: None if rest else replace(found, empty=True),
    "below": _below,
    "role": _roles,
}
