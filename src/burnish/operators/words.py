"""How much of a text is words: its letters in runs of two or more, against all that is written. File names, prices,
tags and lists of codes have little of it.
"""

from __future__ import annotations

import re

from burnish.operators import Operator
from burnish.values import Picture

_WORD = re.compile(r"[^\W\d_]{2,}")


def words(_picture: Picture, text: str) -> float:
    """0 to 1."""
    written = sum(not each.isspace() for each in text)
    return sum(map(len, _WORD.findall(text))) / written if written else 0.0


OPERATOR = Operator(name="words", measure=words, none="no word", full="nothing but words", needs_image=False)
