"""Answers with the text it was given: the user's last text, cut where a schema bounds it. Other values by hash."""

from __future__ import annotations

from burnish.fakeserver.answers import Answerer, Draft, _forms
from burnish.fakeserver.answers.hash import Hash
from burnish.fakeserver.chat import ChatRequest
from burnish.fakeserver.draws import Draw
from burnish.fakeserver.settings import Settings


class Echo(Hash):
    """Texts are `given`."""

    def __init__(self, draw: Draw, outside_mass: float, given: str) -> None:
        """`given` is what every text says."""
        super().__init__(draw, outside_mass)
        self._given = given

    def text(self, path: str, least: int, most: int) -> str:  # noqa: ARG002 - a filler's signature
        """What was given, cut."""
        return self._given[:most]

    def free(self) -> str:
        """What was given."""
        return self._given


def MODE(settings: Settings) -> Answerer:  # noqa: N802 - the name all modes have
    """Answers by echo."""

    def answer(request: ChatRequest, draw: Draw) -> Draft:
        return _forms.answer(request, settings, Echo(draw, settings.outside_mass, request.text))

    return answer
