"""From signatures to groups: what shares a key is compared, what is alike is linked, what is linked is a group.

Everything that grows with the number of pairs lies in mapped files of one folder: 8 bytes a pair and way for the first
part of the signatures, the signatures, 16 bytes a pair for the table at hand, 32 for the outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from burnish.passes.alike import Alike
from burnish.passes.components import Components
from burnish.passes.partitions import CHUNK_ROWS, PART_ROWS, Partitions, hashed, mixed, starts
from burnish.storage.stopping import stopping

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REACH = 64
"""Of the pairs that share a key each is compared with so many that follow it. In larger crowds not all meet there."""
COMPARED_ROWS = 1 << 10
"""Comparisons at once: some 10 kB each of the dearest way, so that steps stay near a processor's cache."""
MET_ROWS = 1 << 16
"""Meetings looked at at once; they fit in a processor's cache."""


@dataclass(slots=True, kw_only=True)
class Met:
    """What one way did: `signed` pairs have a signature, `equal` of them the same as an earlier one. Of `compared`
    meetings `links` joined what was not linked yet; `crowded` times a row met more than `REACH` others under one key.
    """

    signed: int = 0
    equal: int = 0
    compared: int = 0
    links: int = 0
    crowded: int = 0


class Signatures:
    """The signatures of all rows of one way, in mapped files."""

    def __init__(self, folder: Path, way: Alike, rows: int) -> None:
        self.way = way
        self.rows = rows
        self.whole = mapped(folder / "whole", "u1", (rows, way.size))
        self.first = mapped(folder / "first", "<u8", (rows,))
        self.there = mapped(folder / "there", "u1", (rows,))

    def put(self, at: int, found: list[bytes | None]) -> None:
        """The signatures of the rows from `at` on."""
        import numpy as np

        blank = bytes(self.way.size)
        block = np.frombuffer(b"".join(each or blank for each in found), np.uint8).reshape(-1, self.way.size)
        stop = at + len(found)
        self.whole[at:stop] = block
        self.first[at:stop] = np.ascontiguousarray(block[:, :8]).view(np.uint64)[:, 0]
        self.there[at:stop] = [each is not None for each in found]


def mapped(path: Path, kind: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """A new array of zeros in a file; the system keeps of it in memory what it has room for."""
    import numpy as np

    path.parent.mkdir(parents=True, exist_ok=True)
    with stopping("write", str(path.parent)):
        if not shape[0]:
            return np.zeros(shape, kind)
        return np.memmap(path, kind, "w+", shape=shape)


def link(signatures: Signatures, components: Components, folder: Path, part_rows: int = PART_ROWS) -> Met:
    """Join all rows that are alike in one way. The same rows in another order give the same groups."""
    met = Met()
    active = _without_equal(signatures, components, folder, (met, part_rows))
    count = int(sum(piece.sum() for piece in _pieces(active)))
    for table in range(signatures.way.tables(count) if count > 1 else 0):
        parts = Partitions(folder, count, part_rows)
        for start in range(0, signatures.rows, CHUNK_ROWS):
            here = active[start : start + CHUNK_ROWS].nonzero()[0]
            if len(here):
                # Of all rows, so that a way which needs a few bytes of each reads no others.
                keys = signatures.way.keys(signatures.whole[start : start + CHUNK_ROWS], table, count)
                parts.add(keys[here], start + here)
        for keys, rows in parts.read():
            _compare(signatures, components, _in_crowds_by_content(signatures, keys, rows), met)
    return met


def _without_equal(
    signatures: Signatures, components: Components, folder: Path, how: tuple[Met, int]
) -> NDArray[np.bool_]:
    """Link rows with equal signatures; which rows are left to be compared: the first of each, so that a picture that
    is there a million times is compared once.
    """
    met, part_rows = how
    active: NDArray[np.bool_] = mapped(folder / "active", "?", (signatures.rows,))
    parts = Partitions(folder, signatures.rows, part_rows)
    for start in range(0, signatures.rows, CHUNK_ROWS):
        rows = start + signatures.there[start : start + CHUNK_ROWS].nonzero()[0]
        met.signed += len(rows)
        if len(rows):
            parts.add(hashed(signatures.whole[rows]), rows)
    for keys, rows in parts.read():
        firsts = rows[starts(keys)]
        later = firsts != rows
        active[rows[~later]] = True
        met.equal += int(later.sum())
        components.link(rows[later], firsts[later])
    return active


def _in_crowds_by_content(
    signatures: Signatures, keys: NDArray[np.uint64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Rows of one key in an order that hangs on their signatures alone, so that who meets whom does so too."""
    import numpy as np

    begin = starts(keys)
    crowded = np.bincount(begin, minlength=len(keys))[begin] > REACH + 1
    where = np.flatnonzero(crowded)
    if len(where):
        ordered = np.lexsort((rows[where], hashed(signatures.whole[rows[where]]), keys[where]))
        rows = rows.copy()
        rows[where] = rows[where][ordered]
    return keys, rows


def _compare(
    signatures: Signatures, components: Components, part: tuple[NDArray[np.uint64], NDArray[np.int64]], met: Met
) -> None:
    import numpy as np

    keys, rows = part
    first = signatures.first[rows]  # side by side: most meetings end with a look at these
    at = np.arange(len(keys))
    for step in range(1, REACH + 2):
        at = at[: np.searchsorted(at, len(keys) - step)]
        at = at[keys[at] == keys[at + step]]  # who does not share a key with the last one does not with the next
        if not len(at):
            return
        if step > REACH:
            met.crowded += len(at)
            return
        met.compared += len(at)
        for start in range(0, len(at), MET_ROWS):
            piece = at[start : start + MET_ROWS]
            hopeful = piece[signatures.way.maybe(first[piece], first[piece + step])]
            _compare_rows(signatures, components, (rows[hopeful], rows[hopeful + step]), met)


def _compare_rows(
    signatures: Signatures, components: Components, both: tuple[NDArray[np.int64], NDArray[np.int64]], met: Met
) -> None:
    for start in range(0, len(both[0]), COMPARED_ROWS):
        ones, others = (rows[start : start + COMPARED_ROWS] for rows in both)
        apart = components.roots(ones) != components.roots(others)  # alike pairs meet in most tables: once is enough
        ones, others = ones[apart], others[apart]
        if len(ones):
            alike = signatures.way.same(signatures.whole[ones], signatures.whole[others])
            met.links += int(alike.sum())
            components.link(ones[alike], others[alike])


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The outcome, by row: `size` of the group (0: alone), `place` in it from 0, `first` the row at place 0, and
    whether the row is `near` that one itself, not only through others.
    """

    size: NDArray[np.int64]
    place: NDArray[np.int64]
    first: NDArray[np.int64]
    near: NDArray[np.bool_]


def places(
    components: Components, preferred: NDArray[np.float64], ways: Mapping[str, Signatures], folder: Path
) -> Places:
    """Who is first in each group: the row with the largest value of `preferred`, of several the smallest row."""
    rows = len(preferred)
    components.settle()
    size, place, first = (mapped(folder / name, "<i8", (rows,)) for name in ("size", "place", "first"))
    near: NDArray[np.bool_] = mapped(folder / "near", "?", (rows,))
    for members, begin, ends in _groups(components, preferred, folder):
        size[members] = ends - begin
        place[members] = _within(begin)
        first[members] = members[begin]
        near[members] = _any_same(ways, members, members[begin])
    return Places(size=size, place=place, first=first, near=near)


def _within(begin: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    return np.arange(len(begin)) - begin


def _groups(
    components: Components, preferred: NDArray[np.float64], folder: Path
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """(rows, where the group of each begins, where it ends) of groups of two and more, rows in order of place."""
    import numpy as np

    parts = Partitions(folder, len(preferred))
    for start in range(0, len(preferred), CHUNK_ROWS):
        rows = np.arange(start, min(len(preferred), start + CHUNK_ROWS))
        parts.add(mixed(components.roots(rows).view(np.uint64)), rows)
    for keys, found in parts.read():
        begin = starts(keys)
        rows = found[np.lexsort((found, -preferred[found], keys))]
        sizes = np.bincount(begin, minlength=len(keys))[begin]
        several = sizes > 1
        kept = np.cumsum(several) - 1  # places among what is left
        yield rows[several], kept[begin[several]], kept[begin[several]] + sizes[several]


def _any_same(ways: Mapping[str, Signatures], ones: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    import numpy as np

    found = np.asarray(ones == others)
    for start in range(0, len(ones), COMPARED_ROWS):
        part = slice(start, start + COMPARED_ROWS)
        for signatures in ways.values():
            there = (signatures.there[ones[part]] & signatures.there[others[part]]).astype(np.bool_)
            found[part] |= there & signatures.way.same(signatures.whole[ones[part]], signatures.whole[others[part]])
    return found


def _pieces(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    for start in range(0, len(array), CHUNK_ROWS):
        yield array[start : start + CHUNK_ROWS]
