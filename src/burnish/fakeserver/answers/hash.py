"""Answers decided by a hash of the messages: the same question always gets the same answer, which means nothing.

A choice gets a distribution with one peak, all other forms get valid bounded values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

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


class Hash:
    """Values by hash."""

    def __init__(self, draw: Draw, outside_mass: float) -> None:
        """`outside_mass`: what a choice leaves to other tokens."""
        self._draw = draw
        self._outside_mass = outside_mass

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
        """Four to eleven words, more if they must be longer, cut between words."""
        draw = self._draw.under(path)
        words: list[str] = []
        wanted = draw.whole("words", 4, 11)
        while len(words) < wanted or len(" ".join(words)) < least:
            words.append(draw.pick(len(words), _WORDS))
        text = " ".join(words)
        if len(text) > most:
            text = text[: most + 1].rpartition(" ")[0] or text[:most]
        return text

    def free(self) -> str:
        """A few words and a full stop."""
        return self.text("free", 0, 100).capitalize() + "."


def MODE(settings: Settings) -> Answerer:  # noqa: N802 - the name all modes have
    """Answers by hash."""

    def answer(request: ChatRequest, draw: Draw) -> Draft:
        return _forms.answer(request, settings, Hash(draw, settings.outside_mass))

    return answer
