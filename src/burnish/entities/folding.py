"""When two spellings are one: a text as a *key*, without case, accents, spaces and marks, and where names may begin and
end in it.

Writing with spaces has names begin and end where words do: at spaces and marks, and inside ``TajMahal_2`` at a change
of case or to a figure. Chinese, Japanese, Thai, Lao, Khmer, Burmese and Tibetan have no such places, so there any
character may begin or end a name, except inside a run of Katakana, which is mostly one word. Korean names begin with a
word and may end before a particle.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SPACELESS = frozenset({"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})
_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
"""Letters that Unicode does not take apart into a letter and an accent."""

_SEPARATOR, _LOWER, _UPPER, _DIGIT, _MARK, _OPEN, _KATAKANA, _HANGUL = range(8)
_OTHER_ASCII = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=65_536)
def _character(char: str) -> tuple[str, int]:
    """What a character is in a key, and its class."""
    folded = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", char).casefold()))
    folded = "".join(c for c in folded.translate(_LETTERS) if c.isalnum() or unicodedata.category(c)[0] == "M")
    if unicodedata.category(char)[0] == "M":
        return folded, _MARK
    if not folded:
        return "", _SEPARATOR
    return folded, _DIGIT if char.isdigit() else _letter(char)


def _letter(char: str) -> int:
    script = re.split(r"[ -]", unicodedata.name(char, ""), maxsplit=1)[0]
    if script == "KATAKANA":
        return _KATAKANA
    if script in _SPACELESS:
        return _OPEN
    if script == "HANGUL":
        return _HANGUL
    return _UPPER if char.isupper() else _LOWER


def key(text: str) -> str:
    """The key of a whole text; "" if it has no letter and no figure."""
    if text.isascii():
        return _OTHER_ASCII.sub("", text.lower())
    return "".join(_character(char)[0] for char in text)


def words(text: str) -> frozenset[str]:
    """The keys of the words of a text, to be compared with other words; a run of a writing without spaces is one."""
    return frozenset(filter(None, map(key, re.split(r"[\s,;|/()]+", text))))


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with its key. `at`: for each character of the key its place in the text. `starts`, `stops`: where in the
    key a name may begin and end (exclusive), ascending; `soft` are ends inside a Korean word.
    """

    text: str
    key: str
    at: tuple[int, ...]
    starts: tuple[int, ...]
    stops: tuple[int, ...]
    soft: frozenset[int]

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Characters of the text for `start` to `stop` of the key, with the marks that follow the last letter."""
        first, last = self.at[start], self.at[stop - 1] + 1
        while last < len(self.text) and unicodedata.combining(self.text[last]):
            last += 1
        return first, last


def read(text: str) -> Reading:
    """Any text with its key."""
    chars: list[str] = []
    at: list[int] = []
    starts: list[int] = []
    stops: list[int] = []
    soft: set[int] = set()
    before = _SEPARATOR
    for place, char in enumerate(text):
        folded, kind = _character(char)
        joint = _joint(before, kind)
        if joint and before != _SEPARATOR:
            stops.append(len(at))
            soft.update((len(at),) if joint == _SOFT else ())
        if joint == _HARD and kind != _SEPARATOR:
            starts.append(len(at))
        chars.append(folded)
        at.extend([place] * len(folded))
        before = before if kind == _MARK else kind
    if before != _SEPARATOR:
        stops.append(len(at))
    return Reading(text, "".join(chars), tuple(at), tuple(starts), tuple(stops), frozenset(soft))


_SOFT, _HARD = 1, 2
_LETTER_CLASSES = frozenset({_LOWER, _UPPER})


def _joint(left: int, right: int) -> int:
    """Whether a name may end, or end and begin, between two characters of these classes that stand together."""
    if right == _MARK:
        return 0
    if left == right == _HANGUL:
        return _SOFT
    if left == right:
        return _HARD if left == _OPEN else 0
    if {left, right} <= _LETTER_CLASSES:
        return _HARD if left == _LOWER else 0
    return _HARD
