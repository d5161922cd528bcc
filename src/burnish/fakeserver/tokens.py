"""A tokenizer that only pretends: pieces of words, digits and marks. Joined, the tokens are the text again."""

from __future__ import annotations

import re
from functools import lru_cache

from burnish.fakeserver.chat import ChatRequest

_WHOLE = re.compile(r" ?[^\W\d_]{1,6}|\d{1,3}|\s+|.", re.DOTALL)
_SPLIT = re.compile(r" ?[^\W\d_]{1,6}|\d|\s+|.", re.DOTALL)

_PER_MESSAGE = 4
"""Role and separators."""


def tokenize(text: str, *, split_digits: bool = False) -> list[str]:
    """The tokens of `text`; numbers up to 999 are one token unless `split_digits`."""
    return (_SPLIT if split_digits else _WHOLE).findall(text)


def prompt_tokens(request: ChatRequest, image_tokens: int) -> int:
    """What the request costs before anything is answered."""
    texts = sum(_count(message.text) + _PER_MESSAGE for message in request.messages)
    return texts + image_tokens * len(request.images)


@lru_cache(maxsize=1_024)
def _count(text: str) -> int:
    """Remembered: most requests of a run share their system message."""
    return len(tokenize(text))
