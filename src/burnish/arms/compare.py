"""Error bars: of a measure over seeds, and of the difference of two arms, paired by seed and by what was asked.

Two sources of chance are kept apart: the training's (seeds; Student's t), and the test's (which pictures it happens to
hold; a bootstrap over them).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]

_T_975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""The 97.5 % quantile of Student's t for 1 to 30 degrees of freedom; beyond, the normal one, 4 % too small at most."""
_NORMAL_975 = 1.96
DRAWS = 2_000
SAME = "not told apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """`mean` of n runs, their standard deviation `sd`, and `half`, half the width of the mean's 95 % interval (t)."""

    mean: float
    sd: float
    half: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """One run: its `figure`, and whether it found each thing that was asked: 0 or 1, an array for each part of the
    test.
    """

    figure: float
    hits: Sequence[Floats]


def spread(values: Sequence[float]) -> Spread:
    """Of two or more runs."""
    n = len(values)
    if n < 2:
        raise ValueError("an error bar needs two runs or more.")
    sd = float(np.std(values, ddof=1))
    quantile = _T_975[n - 2] if n - 2 < len(_T_975) else _NORMAL_975
    return Spread(mean=float(np.mean(values)), sd=sd, half=quantile * sd / math.sqrt(n), n=n)


def difference(one: Sequence[float], other: Sequence[float]) -> Spread:
    """Of two arms, `one` minus `other`, run by run: give them in the same order of seeds."""
    return spread([a - b for a, b in zip(one, other, strict=True)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far one arm is above another: over `seeds`, and the 95 % interval [low, high] if the test held others."""

    seeds: Spread
    low: float
    high: float

    @property
    def said(self) -> str:
        """What follows from both intervals, in words."""
        word, beyond = ("better", self.low > 0) if self.seeds.mean > 0 else ("worse", self.high < 0)
        if abs(self.seeds.mean) <= self.seeds.half:
            return SAME
        return f"{word}, beyond both errors" if beyond else f"{word} on this exam; another one might say otherwise"


def gap(one: Sequence[Measured], other: Sequence[Measured], members: Sequence[Groups]) -> Gap:
    """Of two arms' runs, in the same order of seeds; `members`: for each array of hits whom its items belong to."""
    differences = [
        np.mean([run.hits[at] for run in one], axis=0) - np.mean([run.hits[at] for run in other], axis=0)
        for at in range(len(members))
    ]
    low, high = bootstrap(list(zip(differences, members, strict=True)))
    return Gap(seeds=difference([run.figure for run in one], [run.figure for run in other]), low=low, high=high)


def bootstrap(blocks: Sequence[tuple[Floats, Groups]], seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean of the blocks' means if the test held other items: whole groups are drawn again.

    A block is (values, groups): for each item of one part of the test a value, such as the share of seeds by which one
    arm found it oftener than another, and the number of the group it belongs to. A group may have items in several
    blocks; it is in all of them or in none.
    """
    names = np.unique(np.concatenate([groups for _, groups in blocks]))
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS).astype(np.float64)
    means = np.zeros(DRAWS)
    for values, groups in blocks:
        places = np.searchsorted(names, groups)
        sums, sizes = (np.bincount(places, weights=w, minlength=len(names)) for w in (values, np.ones(len(values))))
        means += (drawn @ sums) / np.maximum(drawn @ sizes, 1.0) / len(blocks)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)
