"""What a way gets and what it must do."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A good caption: `text` as a model may see it."""

    text: str


class Way(Protocol):
    """Makes a caption worse in the one respect that its file is named after."""

    def __call__(self, given: Given, lots: random.Random) -> str | None:
        """The caption made worse, None where this way has no hold on it. The same lots give the same text."""
        ...
