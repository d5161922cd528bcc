"""Wrong writing: what the caption quotes becomes another text; where it quotes nothing, it quotes what is not there."""

from __future__ import annotations

import random
import re

from burnish.negatives import wording, words
from burnish.negatives.ways._base import Given

_QUOTE = re.compile(r"[\"\u201c]([^\"\u201c\u201d]{1,60})[\"\u201d]")


def wrong_writing(given: Given, lots: random.Random) -> str | None:
    """Another text between the quotation marks; or a sign added before the full stop."""
    said = f"{lots.choice(words.WRITING)}{lots.choice(('', f' {lots.randint(2, 99)}'))}"
    found = wording.one_of(lots, _QUOTE.finditer(given.text))
    if found is not None:
        return None if said == found[1] else given.text[: found.start(1)] + said + given.text[found.end(1) :]
    if not given.text.strip():
        return None
    body = given.text.rstrip()
    stop = "." if body.endswith(".") else ""
    return f'{body.removesuffix(".")} with a sign that reads "{said}"{stop}'


WAY = wrong_writing
