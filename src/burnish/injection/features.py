"""What the learned detector sees of a piece of text: hashed n-grams of characters and words, and which signs meet.

N-grams know wordings, signs know synonyms and languages. Only integer arithmetic: the same text has the same features
on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from zlib import crc32

import numpy as np
import numpy.typing as npt

from burnish.injection.signs import names

Places = npt.NDArray[np.int64]

BITS = 18
BUCKETS = 1 << BITS
"""Weights of n-grams; those of signs follow them."""

_LONGEST = 5  # characters
_APART = (1, 2, 3)
"""How far the second word of a pair may stand from the first: orders are free in their order of words."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: Fibonacci hashing
_SHIFT = np.uint64(64 - BITS)
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_ENDS = " \t\n.!?。！？,;:，；：、\"'“”«»-"


def ngrams(folded: str) -> Places:
    """The different buckets, rising, of n-grams in a text that `fold` has folded. At least one, whatever the text.

    What stands around a text (quotes, full stops) is not looked at: an order with a full stop is the same order.
    """
    bare = folded.strip(_ENDS)
    codes = np.frombuffer(f" {' '.join(bare.split())} ".encode("utf-32-le"), np.uint32)
    rolled = codes.astype(np.uint64)
    found = []
    for size in range(2, _LONGEST + 1):
        rolled = rolled[:-1] * _MULTIPLIER + codes[size - 1 :]
        found.append(rolled)
    words = np.fromiter(map(_word, _WORD.findall(bare)), np.uint64)
    found.append(words)
    found += [words[:-apart] * _MULTIPLIER + words[apart:] for apart in _APART if len(words) > apart]
    hashes = np.concatenate(found) * _MULTIPLIER * _MULTIPLIER
    return np.unique(hashes >> _SHIFT).astype(np.int64)


def meeting(signs: Sequence[frozenset[str]]) -> Places:
    """Where the weights of `signs` (by language) stand: one for each sign, one for each two of one language."""
    places = _places()
    seen = {places[key] for found in signs if found for key in _keys(sorted(found))}
    return np.array(sorted(seen), np.int64)


def size() -> int:
    """How many weights there are."""
    return BUCKETS + len(_places())


def _keys(found: Sequence[str]) -> list[tuple[str, ...]]:
    return [*combinations(found, 1), *combinations(found, 2)]


@cache
def _places() -> dict[tuple[str, ...], int]:
    return {key: BUCKETS + at for at, key in enumerate(_keys(names()))}


@cache
def _word(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))
