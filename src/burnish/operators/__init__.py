"""Figures that a program takes of a pair, to be told to a model that cannot see them by itself. One file each.

X2-DFD (arXiv 2410.06126) writes the score of an outside detector into the prompt where a model's own answer is weak. A
criterion names its operators in `Criterion.measured`; ``burnish eval audit --operators`` finds out which help. A file
defines ``OPERATOR``; one of the user's own is such an object anywhere, named ``package.module:OPERATOR``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import cast

from burnish import discovery
from burnish.values import Picture

KIND = "operators"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """`measure` gives a figure from 0 to 1 for a picture and its text, the same on every machine to two digits; `none`
    and `full` say what the two ends mean. `needs_image`: it looks at the picture.
    """

    name: str
    measure: Callable[[Picture, str], float]
    none: str
    full: str
    needs_image: bool = True

    def line(self, picture: Picture, text: str) -> str:
        """What a model is told."""
        value = min(1.0, max(0.0, self.measure(picture, text)))
        return f"MEASURED by a program: {self.name} {value:.2f} (0: {self.none}; 1: {self.full})"


@cache
def load(name: str) -> Operator:
    """The operator called `name`; raises `UsageError` with the nearest name."""
    return cast(Operator, discovery.load(KIND, name))
