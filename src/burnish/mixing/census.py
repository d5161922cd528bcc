"""The first reading: every pair counted and kept as fourteen bytes on disk, so that a second look needs no source.

Memory does not grow with the number of pairs: rows go to a temporary file and come back in pieces.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, TYPE_CHECKING

from burnish.mixing.mixture import LevelRules
from burnish.mixing.offers import Terms
from burnish.mixing.sources import Entry, Source, entries
from burnish.storage.stopping import stopping
from burnish.values import Caption, Shard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CHUNK = 1 << 17
_HELD = 1 << 14
_FIELDS = [("who", "<u8"), ("bin", "<u2"), ("pattern", "<u4")]
Read = Callable[[Source, Shard], Iterable[Entry]]
"""What gives the pairs of a shard, in order."""


@dataclass(slots=True, kw_only=True)
class Counted:
    """One source, counted: all pairs of each kind, which is (bin, pattern), and of each shard.

    `rows` gives (who, bin, pattern) of all pairs in pieces, as often as it is called.
    """

    source: Source
    terms: Terms
    kinds: Counter[tuple[int, int]] = field(default_factory=Counter)
    shards: dict[str, int] = field(default_factory=dict)
    spill: Spill

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return sum(self.shards.values())

    @property
    def bins(self) -> Counter[int]:
        """How many pairs that can train there are in each score interval."""
        found: Counter[int] = Counter()
        for (at, pattern), number in self.kinds.items():
            found[at] += number if pattern & self.terms.useful else 0
        return found

    @property
    def patterns(self) -> dict[int, float]:
        """How much the pairs of each pattern weigh by their scores."""
        found: dict[int, float] = {}
        for (at, pattern), number in self.kinds.items():
            found[pattern] = found.get(pattern, 0.0) + number * self.terms.bins.weights[at]
        return found

    def rows(self) -> Iterator[NDArray[np.void]]:
        """The pairs in pieces: structured arrays of who, bin and pattern."""
        return self.spill.read()


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """All sources, counted, and the scores of all captions that may train (for levels). `limit`: of the first so many
    pairs, 0 of all.
    """

    sources: tuple[Counted, ...]
    scores: Spill
    limit: int = 0

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return sum(counted.pairs for counted in self.sources)


class Spill:
    """Rows of one type in a temporary file: written in pieces, then read in pieces as often as wanted."""

    def __init__(self, file: IO[bytes], kind: str | list[tuple[str, str]]) -> None:
        """`kind` is what numpy makes a type of."""
        import numpy as np

        self._file = file
        self._kind: np.dtype[np.void] = np.dtype(kind)
        self._held: list[object] = []

    def add(self, row: object) -> None:
        """Append one row."""
        self._held.append(row)
        if len(self._held) >= _HELD:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        import numpy as np

        with stopping("write", tempfile.gettempdir()):
            self._file.write(np.array(self._held, dtype=self._kind).tobytes())
        self._held = []

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def read(self) -> Iterator[NDArray[np.void]]:
        """All rows in pieces."""
        import numpy as np

        at = 0
        while True:
            self._file.seek(at)
            data = self._file.read(_CHUNK * self._kind.itemsize)
            if not data:
                self._file.seek(0, 2)
                return
            at += len(data)
            yield np.frombuffer(data, self._kind)


@contextmanager
def taken(
    sources: Sequence[Source],
    terms: Mapping[str, Terms],
    levels: LevelRules,
    limit: int = 0,
    read: Read = entries,
) -> Iterator[Census]:
    """A census of the first `limit` pairs of `sources` (0: all); `terms` by source. Its files go when it is left.

    `read`: what gives a shard's pairs, for those who hold them already.
    """
    with tempfile.TemporaryDirectory(prefix="burnish-mix-") as folder:

        def spill(name: str, kind: str | list[tuple[str, str]]) -> Spill:
            return Spill(open(f"{folder}/{name}", "w+b"), kind)  # noqa: PTH123 -- lives as long as the folder

        scores = spill("scores", "<f8")
        counted = [
            Counted(source=source, terms=terms[source.name], spill=spill(f"rows-{at}", _FIELDS))
            for at, source in enumerate(sources)
        ]
        try:
            left = limit
            for one in counted:
                left = _count(one, scores, levels, left if limit else None, read)
            yield Census(sources=tuple(counted), scores=scores, limit=limit)
        finally:
            for made in (*(one.spill for one in counted), scores):
                made.close()


def _count(counted: Counted, scores: Spill, levels: LevelRules, left: int | None, read: Read) -> int:
    """Count a source up to `left` pairs; how many are left then."""
    for shard in counted.source.shards:
        if left == 0:
            break
        number = 0
        for entry in islice(read(counted.source, shard), left):
            number += 1
            offer = counted.terms.offer(entry)
            counted.kinds[offer.bin, offer.pattern] += 1
            counted.spill.add((offer.who, offer.bin, offer.pattern))
            if levels.count:
                _add_scores(counted.terms.may_train(entry, offer), scores, levels.criterion)
        counted.shards[shard.name] = number
        left = None if left is None else left - number
    counted.spill.flush()
    scores.flush()
    return left or 0


def _add_scores(captions: Iterable[Caption], scores: Spill, criterion: str) -> None:
    for caption in captions:
        score = caption.score(criterion)
        if score is not None and score.value is not None:
            scores.add(score.value)
