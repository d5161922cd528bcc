"""One row of what boilerplate looks like, and where a row looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

REACH = 300
"""Characters at either end in which HEAD and TAIL rows look: no credit line or shop suffix is longer."""


class Where(Enum):
    """Which part of a text a row is matched against."""

    HEAD = "head"
    TAIL = "tail"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Group "junk" of the pattern is the span, or the whole match where there is none; `fits` has the last word."""

    kind: str
    why: str
    pattern: re.Pattern[str]
    where: Where = Where.ANYWHERE
    depictable: bool = False
    fits: Callable[[re.Match[str]], bool] = lambda _match: True


def pattern(*alternatives: str) -> re.Pattern[str]:
    """Any of the alternatives, in any case of letters."""
    return re.compile("|".join(alternatives), re.IGNORECASE)
