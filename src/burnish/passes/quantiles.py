"""`burnish quantiles`: from "the best 30 %" to the threshold of a score, over all pairs of any number of outputs.

Exact, whatever their number: scores go to a temporary file, 8 bytes each, and the k-th of them is found by counting
(`burnish.mixing.ranks`). Equal scores cannot be parted, so the threshold is that whose share comes nearest.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, cast

from burnish.errors import UsageError
from burnish.mixing.census import Spill
from burnish.mixing.draws import RANGE
from burnish.mixing.offers import captions_of, kept
from burnish.mixing.ranks import Pieces, cuts, sortable, unsorted
from burnish.mixing.sources import Source, entries
from burnish.values import Json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DECILES = tuple(at / 10 for at in range(1, 10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """`best`: the share asked for. `kept` pairs have a score of `at` and more; the next score up or down would keep
    `instead`.
    """

    best: float
    at: float
    kept: int
    instead: int

    @property
    def intervals(self) -> str:
        """As a mixture writes it: the same number when it is read."""
        return f'{{ "< {plain(self.at)}" = 0, ">= {plain(self.at)}" = 1 }}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`scored` of `pairs` have the score. `deciles`: the smallest score that a tenth, two tenths, ... are not above."""

    criterion: str
    of: str
    pairs: int
    scored: int
    lowest: float
    highest: float
    deciles: tuple[float, ...]
    thresholds: tuple[Threshold, ...]

    def as_json(self) -> dict[str, Json]:
        """Everything by name, thresholds with their intervals for a mixture."""
        told = asdict(self)
        told["thresholds"] = [{**asdict(each), "intervals": each.intervals} for each in self.thresholds]
        return cast("dict[str, Json]", {**told, "deciles": list(self.deciles)})


def plain(value: float) -> str:
    """A number in digits, without exponent, that reads back as the same."""
    import numpy as np

    return np.format_float_positional(value, unique=True, trim="-")


def quantiles(
    sources: Sequence[Source], best: Sequence[float], *, criterion: str = "overall", of: str = "chosen", seed: int = 0
) -> Found:
    """The thresholds that keep the `best` shares of the pairs that have a score. Writes nothing.

    `seed`: where earlier passes leave the choice among duplicates to a draw. Raises `UsageError` for shares outside
    0..1 and if no pair has the score.
    """
    for share in best:
        if not 0 < share < 1:
            raise UsageError(f"--best takes a share between 0 and 1, such as 0.3 for 30 %, not {share:g}.")
    with tempfile.TemporaryFile(prefix="burnish-quantiles-") as file:
        scores = Spill(file, "<f8")
        pairs = 0
        for value in _scores(sources, criterion, of, seed):
            pairs += 1
            if value is not None:
                scores.add(value)
        scores.flush()
        return _found(scores, tuple(best), (criterion, of, pairs))


def _scores(sources: Sequence[Source], criterion: str, of: str, seed: int) -> Iterator[float | None]:
    for source in sources:
        for shard in source.shards:
            for entry in entries(source, shard):
                if not kept(seed, entry.keep):
                    continue
                found = captions_of(entry, of)
                score = found[0].score(criterion) if found else None
                value = None if score is None else score.value
                yield value if value is not None and math.isfinite(value) else None


def _found(scores: Spill, best: tuple[float, ...], about: tuple[str, str, int]) -> Found:
    criterion, of, pairs = about
    scored = sum(len(piece) for piece in scores.read())
    if not scored:
        raise UsageError(
            f"none of {pairs:,} pairs has a score {criterion!r} of its caption {of!r}.\n"
            "Give them one with: burnish assess SRC -o OUT"
        )

    def pieces() -> Iterator[NDArray[np.uint64]]:
        for piece in scores.read():
            yield sortable(cast("NDArray[np.float64]", piece))

    ranks = [math.ceil(at * scored) - 1 for at in DECILES]
    found = cuts(pieces, [0, scored - 1, *ranks, *(scored - _number(share, scored) for share in best)])
    return Found(
        criterion=criterion,
        of=of,
        pairs=pairs,
        scored=scored,
        lowest=unsorted(found[0]),
        highest=unsorted(found[1]),
        deciles=tuple(map(unsorted, found[2 : 2 + len(ranks)])),
        thresholds=tuple(
            _nearest(pieces, cut, share, scored) for share, cut in zip(best, found[2 + len(ranks) :], strict=True)
        ),
    )


def _number(share: float, scored: int) -> int:
    """How many pairs a share is, at least one."""
    return min(scored, max(1, round(share * scored)))


def _nearest(pieces: Pieces, cut: int, share: float, scored: int) -> Threshold:
    """With the score at `cut` or without it, whichever comes nearer to the share; never without any pair."""
    import numpy as np

    at_least = above = 0
    following = RANGE
    for piece in pieces():
        higher = piece[piece > np.uint64(cut)]
        at_least += int((piece >= np.uint64(cut)).sum())
        above += len(higher)
        following = min(following, int(higher.min())) if len(higher) else following
    wanted = _number(share, scored)
    if above and wanted - above < at_least - wanted:
        return Threshold(best=share, at=unsorted(following), kept=above, instead=at_least)
    return Threshold(best=share, at=unsorted(cut), kept=at_least, instead=above)
