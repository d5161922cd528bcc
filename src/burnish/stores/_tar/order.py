"""Whose word to take after damage: keys that continue the shard's own order, or those of an archive in a payload.

Headers found by searching may be those of a tar file inside a payload (hazard 7). Where the keys seen so far all had
one shape and rose, as img2dataset's do, a key found by searching must have that shape and be greater than the last
one before the damage. Where there is no order, only the headers speak: a chain that ends in an end-of-archive marker
in the middle of the shard was an archive inside a payload. What is refused goes to quarantine with its bytes.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

_CONFIRMED: Final = 3
"""Keys in a row that continue the order, after which the headers are believed again."""


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
        self._rises = True
        self._nested_until = -1
        self._left = 0  # keys to confirm, 0 while the headers are trusted

    def doubt(self, nested_until: int) -> None:
        """From here on headers were found by searching; up to `nested_until` they look like an inner archive's."""
        self._left = _CONFIRMED
        self._nested_until = nested_until

    def judge(self, key: str, start: int) -> Verdict:
        """Take in the key of a group whose first member starts at `start`."""
        continues = key > self._last and len(key) == len(self._last) and key.isdigit() == self._last.isdigit()
        if not self._left:
            self._rises = self._rises and (continues or not self._known)
            self._known += 1
            self._last = key
            return Verdict.TRUSTED
        return self._judge_doubtful(key, start, continues=continues)

    def _judge_doubtful(self, key: str, start: int, *, continues: bool) -> Verdict:
        if self._known < 2 or not self._rises:
            return Verdict.SMUGGLED if start < self._nested_until else Verdict.RECOVERED
        if not continues:
            self._left = _CONFIRMED
            return Verdict.SMUGGLED
        self._left -= 1
        if not self._left:
            self._last = key
        return Verdict.RECOVERED
