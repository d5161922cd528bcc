"""Answers decided by a hash of the messages: the same question always gets the same answer, which means nothing.

A choice gets a distribution with one peak, all other forms get valid bounded values. Where the prompt says how many
words and sentences are wanted, a text has about as many: up to a fifth too few or too many.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from burnish.backends.fake import prose
from burnish.fakeserver.answers import Answerer, Draft, _forms
from burnish.fakeserver.chat import ChatRequest
from burnish.fakeserver.draws import Draw
from burnish.fakeserver.settings import Settings
from burnish.values import Json

_WORDS = (
    *("a", "the", "red", "small", "old", "two", "wooden", "bright", "quiet", "green", "white", "tall"),
    *("boat", "dog", "street", "cup", "tree", "window", "bridge", "table", "bird", "hill", "lamp", "door"),
    *("near", "under", "with", "on", "beside", "behind"),
)
_ASKED = re.compile(r"\b(\d+) to (\d+) words in (?:\d+ to )?(\d+) sentences?\b")
_MISSED = 0.2


class Hash:
    """Values by hash."""

    def __init__(self, draw: Draw, outside_mass: float, asked: str = "") -> None:
        """`outside_mass`: what a choice leaves to other tokens; `asked`: the prompt, for the words it wants."""
        self._draw = draw
        self._outside_mass = outside_mass
        self._asked = _ASKED.search(asked)

    def choose(self, choices: Sequence[str]) -> Mapping[str, float]:
        """One peak, falling off to both sides by a factor of 1.5 to 5 a step."""
        peak = self._draw.whole("peak", 0, len(choices) - 1)
        fall = 0.4 + 1.2 * self._draw.share("fall")
        weights = [
            math.exp(-fall * abs(place - peak)) * (0.75 + 0.25 * self._draw.share(place))
            for place in range(len(choices))
        ]
        scale = (1 - self._outside_mass) / math.fsum(weights)
        return {choice: weight * scale for choice, weight in zip(choices, weights, strict=True)}

    def pick(self, path: str, options: Sequence[Json]) -> Json:
        """One of `options`."""
        return self._draw.pick(path, options)

    def whole(self, path: str, low: int, high: int) -> int:
        """An integer, both ends included."""
        return self._draw.whole(path, low, high)

    def number(self, path: str, low: float, high: float) -> float:
        """A number."""
        return low + (high - low) * self._draw.share(path)

    def text(self, path: str, least: int, most: int) -> str:
        """As many words as are asked for, else four to eleven, more if they must be longer; cut between words."""
        draw = self._draw.under(path)
        if self._asked is not None and path.count("/") <= 1:
            fewest, most_words, sentences = map(int, self._asked.groups())
            count = draw.whole("words", int(fewest * (1 - _MISSED)), int(most_words * (1 + _MISSED)))
            return _cut(prose(draw.name, count, sentences), most)
        words: list[str] = []
        wanted = draw.whole("words", 4, 11)
        while len(words) < wanted or len(" ".join(words)) < least:
            words.append(draw.pick(len(words), _WORDS))
        return _cut(" ".join(words), most)

    def free(self) -> str:
        """A few words and a full stop."""
        return self.text("free", 0, 100).capitalize() + "."


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most + 1].rpartition(" ")[0] or text[:most]


def MODE(settings: Settings) -> Answerer:  # noqa: N802 - the name all modes have
    """Answers by hash."""

    def answer(request: ChatRequest, draw: Draw) -> Draft:
        return _forms.answer(request, settings, Hash(draw, settings.outside_mass, request.text))

    return answer
