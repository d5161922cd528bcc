"""Changes to a text and the work of doing them: each becomes one `Edit` that says why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from burnish.values import Edit

# What joins parts of a caption and hangs loose when one part goes: separators, commas, opening brackets before it,
# closing ones after it.
_LOOSE_LEFT = re.compile(r"[\s|,;:/~>\u00bb\u2022\u00b7\u2013\u2014_-]*$")
_LOOSE_RIGHT = re.compile(r"[\s|,;:/~>\u00bb\u2022\u00b7\u2013\u2014_.!-]*")
_MAX_LOOSE = 12  # characters: a longer run of separators is not ours to judge
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Characters `start` to `stop` become `after`, because of `why`; `junk` if what goes was recognised as junk."""

    start: int
    stop: int
    after: str
    why: str
    junk: bool = False


@dataclass(slots=True)
class Desk:
    """A text being worked on, with the edits made so far."""

    text: str
    edits: list[Edit] = field(default_factory=list)

    def do(self, changes: Iterable[Change]) -> None:
        """Do changes of the present text, in order and apart from each other; empty ones are left out."""
        parts: list[str] = []
        done = 0
        size = 0
        for change in changes:
            if change.start < done or self.text[change.start : change.stop] == change.after:
                continue
            parts.append(self.text[done : change.start])
            size += change.start - done
            before = self.text[change.start : change.stop]
            self.edits.append(Edit(start=size, before=before, after=change.after, why=change.why, junk=change.junk))
            parts.append(change.after)
            size += len(change.after)
            done = change.stop
        self.text = "".join(parts) + self.text[done:]


def cut(text: str, start: int, stop: int, why: str) -> Change:
    """The change that takes a junk span out with the separators, spaces and empty brackets it leaves behind."""
    start, stop = _with_brackets(text, start, stop)
    left = _LOOSE_LEFT.search(text, max(0, start - _MAX_LOOSE), start)
    right = _LOOSE_RIGHT.match(text, stop, min(len(text), stop + _MAX_LOOSE))
    assert left is not None
    assert right is not None
    if left.start() == 0:  # what goes stood first
        return Change(start=0, stop=right.end(), after="", why=why, junk=True)
    if right.end() == len(text):  # or last: an ending full stop or exclamation mark stays with its sentence
        return Change(start=left.start(), stop=_last(text, start, stop), after="", why=why, junk=True)
    return _between(text, start, stop, why)


def _last(text: str, start: int, stop: int) -> int:
    ends_itself = text[max(0, start - 2) : start].strip()[-1:] in {".", "!", "?"}
    tail = text[stop:].strip()
    if tail == "." and not ends_itself and text[start - 1] not in "|-\u2013\u2014":
        return stop
    return len(text)


def _between(text: str, start: int, stop: int, why: str) -> Change:
    """In the middle one separator or one space stays."""
    while start > 0 and text[start - 1].isspace():
        start -= 1
    after = ""
    if stop < len(text) and text[stop].isspace():
        while stop < len(text) and text[stop].isspace():
            stop += 1
        after = " "
    elif stop < len(text) and text[stop].isalnum() and start > 0:
        after = " "
    separator = re.match(r"[|,;\u2013\u2014-]\s", text[stop:])
    if separator and text[start - 1] in "|,;\u2013\u2014-":  # "a - JUNK - b": one of the two
        stop += separator.end()
    return Change(start=start, stop=stop, after=after, why=why, junk=True)


def _with_brackets(text: str, start: int, stop: int) -> tuple[int, int]:
    while start > 0 and stop < len(text) and _BRACKETS.get(text[start - 1]) == text[stop]:
        start, stop = start - 1, stop + 1
    return start, stop
