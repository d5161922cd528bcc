"""A copy of a text in which disguised letters are plain ones, every letter still knowing where it comes from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LOOKALIKES = str.maketrans(
    "аеорсхуіјѕһԁԛɡοαειρνκτıł",
    "aeopcxyijshdqgoaeipvktil",
)
"""Letters of other scripts that pass for Latin ones (Cyrillic, Greek, phonetic)."""
_INVISIBLE = {"Cf", "Mn", "Cc"}
_LINE_ENDS = str.maketrans(dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"))
_SPACED = re.compile(r"(?<!\w)\w([ .\-_*])\w(?:\1\w){3,}(?!\w)")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its characters, the index of the character it comes from."""

    text: str
    origin: tuple[int, ...]


def fold(text: str) -> Folded:
    """Compatibility forms, small letters, look-alikes in Latin text as Latin, nothing invisible; lines kept."""
    lookalikes = {} if _own_script(text) else _LOOKALIKES
    letters: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text.translate(_LINE_ENDS)):
        plain = unicodedata.normalize("NFKC", char).casefold().translate(lookalikes).replace("\u2019", "'")
        seen = [c for c in plain if c == "\n" or unicodedata.category(c) not in _INVISIBLE]
        letters += seen
        origin += [at] * len(seen)
    return Folded("".join(letters), tuple(origin))


def unspaced(text: str) -> str:
    """Letters that are s p a c e d out pulled together; invisible padding keeps every index where it was."""
    return _SPACED.sub(lambda run: run[0][::2] + "\u200b" * (len(run[0]) // 2), text)


def _own_script(text: str) -> bool:
    """Whether Cyrillic or Greek letters are the text's own script and not strangers among Latin ones."""
    foreign = sum("\u0370" <= char <= "\u052f" for char in text)
    return foreign > 0.5 * sum(char.isalpha() for char in text)
