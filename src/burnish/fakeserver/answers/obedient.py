"""A captioner that keeps a settable share of what it is asked for, by the words in which burnish asks for it.

For measuring measures: `burnish eval layers` has to find the share that was set. Everything else it answers by hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, islice

from burnish.fakeserver.answers import Answerer, Draft, _forms
from burnish.fakeserver.answers.hash import Hash
from burnish.fakeserver.chat import ChatRequest
from burnish.fakeserver.draws import Draw
from burnish.fakeserver.settings import Settings

_WANTED = re.compile(r"\b(\d+) to (\d+) words in (?:(\d+) to )?(\d+) sentences?\b")
_OPENING = re.compile(r"^Begin with one of: ([^,.\n]+)", re.MULTILINE)
_SHORT = re.compile(r"^No sentence has more than (\d+) words\.", re.MULTILINE)
_NAMED = re.compile(r"^Name (.+)\.$", re.MULTILINE)
_AVOIDED = re.compile(r"^Do without (.+)\.$", re.MULTILINE)

_SAYS = {
    "a colour": "red",
    "a material": "wooden",
    "where something stands in the picture": "on the left",
    "a number of things in words": "with two masts",
}
_BREAKS = {"words of praise": "lovely", "guesses": "perhaps", "words about the viewer": "we see"}
_FRONT = ("red", "wooden", "lovely", "perhaps", "we see")
"""What stands before the first noun, in this order."""
_ADJECTIVES = ("small", "old", "tall", "quiet", "round", "dark", "wide", "narrow", "empty", "broken", "clean")
_NOUNS = (
    "house",
    "lamp",
    "street",
    "bridge",
    "tree",
    "dog",
    "chair",
    "window",
    "hill",
    "gull",
    "tower",
    "fence",
    "cart",
)
_PREPOSITIONS = ("near", "beside", "behind", "before", "beyond")


class Obedient(Hash):
    """Captions that keep what a draw lets them keep."""

    def __init__(self, draw: Draw, settings: Settings, asked: str) -> None:
        """`asked`: the prompt."""
        super().__init__(draw, settings.outside_mass, asked)
        self._told = asked
        self._obedience = settings.obedience

    def text(self, path: str, least: int, most: int) -> str:
        """A caption of the words and sentences wanted; any other text by hash."""
        wanted = _WANTED.search(self._told)
        if wanted is None or not path.endswith("caption"):
            return super().text(path, least, most)
        low, high, fewest, sentences = (int(part or wanted[4]) for part in wanted.groups())
        return self._caption((low + high) // 2, int(fewest), sentences)[:most]

    def _caption(self, words: int, fewest: int, most: int) -> str:
        """About `words` words in at most `most` sentences; in as few as allowed where it may not keep them short."""
        short = _SHORT.search(self._told)
        sentences = fewest if short and not self._keeps("short") else most
        filler = _filler()
        each = min(words // sentences, int(short[1]) if short and sentences == most else words)
        begun = [self._first(), *(_start(number) for number in range(1, sentences))]
        parts = [[*start, *islice(filler, max(0, each - len(start)))] for start in begun]
        return " ".join(f"{_ended(part)}." for part in parts)

    def _first(self) -> list[str]:
        """The beginning of the first sentence, with all that is to be named in it."""
        said = [word for what, word in _SAYS.items() if self._asked_for(_NAMED, what) and self._keeps(what)]
        said += [word for what, word in _BREAKS.items() if self._asked_for(_AVOIDED, what) and not self._keeps(what)]
        opening = _OPENING.search(self._told)
        first = opening[1] if opening and self._keeps("opening") else "Some"
        front = [word for word in _FRONT if word in said]
        lead = [first, "calm water a"] if first in {"In", "On", "At", "Under"} else [first]
        behind = [word for word in said if word not in _FRONT]
        return " ".join((*lead, *front, "boat stands", *behind)).split()

    def _asked_for(self, pattern: re.Pattern[str], what: str) -> bool:
        return what in pattern.findall(self._told)

    def _keeps(self, what: str) -> bool:
        return self._draw.share(f"keeps {what}") < self._obedience


def _start(number: int) -> list[str]:
    """The beginning of a further sentence."""
    return ["The", _ADJECTIVES[number % len(_ADJECTIVES)], _NOUNS[number % len(_NOUNS)], "stands", "there"]


def _filler() -> Iterator[str]:
    """Words that go on and on and never say the same four in a row twice."""
    for at in count():
        yield from (_PREPOSITIONS[at % 5], "the", _ADJECTIVES[at * 3 % 11], _NOUNS[at * 5 % 13])


def _ended(words: list[str]) -> str:
    """The words as a sentence that does not end on a preposition or an article."""
    while words[-1] in {"the", *_PREPOSITIONS}:
        words = words[:-1]
    return " ".join(words)


def MODE(settings: Settings) -> Answerer:  # noqa: N802 - the name all modes have
    """Answers by obedience."""

    def answer(request: ChatRequest, draw: Draw) -> Draft:
        return _forms.answer(request, settings, Obedient(draw, settings, request.text))

    return answer
