"""Whose word to take after damage: keys that continue the shard's own order, or those of an archive in a payload.

Headers found by searching may be those of a tar file inside a payload (hazard 7). Where the keys seen so far were
numbers of one length, as img2dataset's are, so must be those found by searching; where they rose, a key found by
searching must be greater than the last one before the damage. Where there is no order, only the headers speak: a chain
that ends in an end-of-archive marker in the middle of the shard was an archive inside a payload. What is refused goes
to quarantine with its bytes.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

_CONFIRMED: Final = 3
"""Keys in a row that continue the order, after which the headers are believed again."""


_ORDER_SEEN: Final = 8
"""Keys that must have risen before that counts as an order: by chance 1 in 40,320."""
_SHAPE_SEEN: Final = 3
"""Keys of digits alone, all of one length, before any other key is suspect."""


class Verdict(Enum):
    """What to make of a new key."""

    TRUSTED = auto()
    RECOVERED = auto()
    SMUGGLED = auto()


class Order:
    """Follows the keys of one shard."""

    def __init__(self) -> None:
        self._last = ""
        self._known = 0
        self._alike = True
        self._rises = True
        self._nested_until = -1
        self._left = 0  # keys to confirm, 0 while the headers are trusted

    def doubt(self, nested_until: int) -> None:
        """From here on headers were found by searching; up to `nested_until` they look like an inner archive's."""
        self._left = _CONFIRMED
        self._nested_until = nested_until

    def judge(self, key: str, start: int) -> Verdict:
        """Take in the key of a group whose first member starts at `start`."""
        last = self._last
        alike = not self._known or (len(key) == len(last) and key.isdigit() == last.isdigit())
        rises = alike and key > last
        if self._left:
            return self._judge_doubtful(key, start, alike=alike, rises=rises)
        self._alike = self._alike and alike
        self._rises = self._rises and rises
        self._known += 1
        self._last = key
        return Verdict.TRUSTED

    def _judge_doubtful(self, key: str, start: int, *, alike: bool, rises: bool) -> Verdict:
        ordered = self._rises and self._known >= _ORDER_SEEN
        strange = self._alike and self._known >= _SHAPE_SEEN and self._last.isdigit() and not alike
        if strange or (ordered and not rises) or (not ordered and start < self._nested_until):
            self._left = _CONFIRMED
            return Verdict.SMUGGLED
        if ordered:
            self._left -= 1
            self._last = key if not self._left else self._last
        return Verdict.RECOVERED
