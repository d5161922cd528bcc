"""Rows of a table by spelling: exact keys, and keys a letter or two away. Sorted hashes, 12 bytes an entry.

An Aho-Corasick automaton (`pyahocorasick`, `ahocorasick_rs`) finds the exact ones in under a tenth of the time, which
saves 0.1 ms a caption, but takes 7 and more times the memory in every worker and finds no misspelt ones
(docs/figures/entities.md). These hashes serve both: a misspelt name has at least one piece in common with the name
(Pass-Join, arXiv 1111.7171: an edit distance of d leaves one of d + 1 pieces whole).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from burnish.entities.folding import key
from burnish.entities.table import Row, Table

FUZZY_FROM = 5
"""Letters a name needs to be recognised with an error in it; from `FUZZY_TWO_FROM` letters it may have two."""
FUZZY_TWO_FROM = 9
MAX_SHARING = 256
"""A piece that more names share is not looked up: it is a common syllable and tells nothing."""

_REMEMBERED = 8_192

Near: TypeAlias = tuple[int, int]
"""A row's number and how many letters are wrong."""


@dataclass(frozen=True, slots=True)
class _Postings:
    """Numbers of rows by hash. `hash` is the interpreter's own: it lives as long as the process, and what it finds is
    compared letter by letter.
    """

    hashes: NDArray[np.int64]
    rows: NDArray[np.int32]

    @classmethod
    def of(cls, hashes: array[int], rows: array[int]) -> _Postings:
        found = np.frombuffer(hashes, np.int64) if hashes else np.zeros(0, np.int64)
        order = np.argsort(found, kind="stable")
        numbers = np.frombuffer(rows, np.int32) if rows else np.zeros(0, np.int32)
        return cls(found[order], numbers[order])

    def find(self, hashes: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
        """For each hash that is there its place in `hashes` and the rows."""
        wanted = np.array(hashes, np.int64)
        low = np.searchsorted(self.hashes, wanted, "left")
        if not len(self.hashes):
            return
        there = np.nonzero(self.hashes[np.minimum(low, len(self.hashes) - 1)] == wanted)[0]
        high = np.searchsorted(self.hashes, wanted[there], "right")
        for at, stop in zip(there.tolist(), high.tolist(), strict=True):
            yield at, self.rows[low[at] : stop].tolist()


class Index:
    """Finds rows of `table` by key."""

    def __init__(self, table: Table, *, fuzzy: bool) -> None:
        """`fuzzy`: also by misspelt ones, which takes three more entries a name."""
        self.table = table
        self.row = lru_cache(_REMEMBERED)(table.__getitem__)
        self.keys = lru_cache(_REMEMBERED)(self._keys)
        self.sizes: frozenset[int] = frozenset()
        self._exact, self._pieces = self._built(fuzzy=fuzzy)

    def _built(self, *, fuzzy: bool) -> tuple[_Postings, _Postings]:
        exact, exact_rows, pieces, pieces_rows = array("q"), array("i"), array("q"), array("i")
        sizes: set[int] = set()
        for number in range(len(self.table)):
            for form in _keys_of(self.table[number]):
                sizes.add(len(form))
                exact.append(hash(form))
                exact_rows.append(number)
                for part in _parts(form) if fuzzy and may_err(form) else ():
                    pieces.append(hash(part))
                    pieces_rows.append(number)
        self.sizes = frozenset(sizes)
        return _Postings.of(exact, exact_rows), _Postings.of(pieces, pieces_rows)

    def _keys(self, number: int) -> frozenset[str]:
        return _keys_of(self.row(number))

    def exact(self, keys: Sequence[str]) -> dict[str, list[int]]:
        """The rows, ascending, that have one of these keys, by key."""
        found = self._exact.find([hash(form) for form in keys])
        rows = {keys[at]: [number for number in numbers if keys[at] in self.keys(number)] for at, numbers in found}
        return {form: numbers for form, numbers in rows.items() if numbers}

    def near(self, keys: Sequence[str]) -> dict[str, list[Near]]:
        """The rows with a name that is misspelt as one of these keys, by key, the nearest first; none that has it
        exactly.
        """
        asked = [(form, hash(piece)) for form in dict.fromkeys(keys) for piece in _lookups(form)]
        candidates: dict[str, set[int]] = {}
        for at, rows in self._pieces.find([piece for _, piece in asked]):
            if len(rows) <= MAX_SHARING:
                candidates.setdefault(asked[at][0], set()).update(rows)
        measured = {form: sorted(self._errors(form, rows)) for form, rows in candidates.items()}
        return {form: [(row, errors) for errors, row in found] for form, found in measured.items() if found}

    def _errors(self, form: str, rows: Iterable[int]) -> Iterator[tuple[int, int]]:
        for number in rows:
            own = self.keys(number)
            errors = [OSA.distance(form, other) for other in own if may_err(other) and _comes_near(form, other)]
            if errors and form not in own:
                yield min(errors), number


def _comes_near(form: str, other: str) -> bool:
    return OSA.distance(form, other, score_cutoff=allowed(other)) <= allowed(other)


def _keys_of(row: Row) -> frozenset[str]:
    return frozenset(map(key, row.forms))


def may_err(form: str) -> bool:
    """Whether a key may be read as a misspelt one: enough letters of a writing with case. A wrong figure is another
    number, a wrong Chinese character another word.
    """
    return len(form) >= FUZZY_FROM and form.isalpha() and form.upper() != form


def allowed(form: str) -> int:
    """How many letters of a name may be wrong; two neighbours in the wrong order count as one."""
    return 2 if len(form) >= FUZZY_TWO_FROM else 1


_Piece: TypeAlias = tuple[int, int, str]
"""Length of the name, which of its pieces, its letters."""


def _cuts(size: int) -> list[int]:
    """Where a name of that size is cut into pieces as even as can be."""
    count = (2 if size >= FUZZY_TWO_FROM else 1) + 1
    return [size * at // count for at in range(count + 1)]


def _parts(form: str) -> Iterator[_Piece]:
    cuts = _cuts(len(form))
    for at, (start, stop) in enumerate(pairwise(cuts)):
        yield len(form), at, form[start:stop]


def _lookups(form: str) -> Iterator[_Piece]:
    """The pieces, one of which any name within the allowed errors of `form` has."""
    for size, at, start, stop in _places(len(form)):
        yield size, at, form[start:stop]
    if FUZZY_FROM <= len(form) < FUZZY_TWO_FROM:  # two letters changed places just where the name is cut
        middle = _cuts(len(form))[1]
        yield len(form), 0, form[: middle - 1] + form[middle]


@cache
def _places(length: int) -> tuple[tuple[int, int, int, int], ...]:
    """Where pieces of names may stand in a form of this length: size of the name, which piece, start, stop."""
    found = []
    for size in range(max(FUZZY_FROM, length - 2), length + 3):
        cuts, errors = _cuts(size), 2 if size >= FUZZY_TWO_FROM else 1
        shift = length - size
        for at, (start, stop) in enumerate(pairwise(cuts) if abs(shift) <= errors else ()):
            low = max(0, start - at, start + shift - (errors - at))
            high = min(length - (stop - start), start + at, start + shift + (errors - at))
            found += [(size, at, place, place + stop - start) for place in range(low, high + 1)]
    return tuple(found)
