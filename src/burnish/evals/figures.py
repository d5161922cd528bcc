"""What a measure says, with how sure it is: a value, its 95 % interval, what it is of, and what each seed gave.

The cases of one picture stand or fall together, so intervals are drawn over pictures, not over cases: percentiles of a
bootstrap (`RESAMPLES` draws, always the same ones). A share of yes and no has Wilson's interval instead, which is right
at 0 and 1 too, but takes cases as independent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from burnish.evals.editor import wilson
from burnish.values import Json

Floats: TypeAlias = npt.NDArray[np.float64]
Statistic: TypeAlias = Callable[[Floats], float]
"""Of cases (n, columns); NaN where they do not say (one kind only, no spread)."""

RESAMPLES = 300
_TAILS = (2.5, 97.5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What a metric looks at: `cases` (n, columns) with the picture and the seed of each, and what is made of them.

    `of`: the corruption, the change or the state it is about, "" for all. Without a `statistic` it is the share of a
    single column of yes and no.
    """

    of: str
    cases: Floats
    groups: tuple[str, ...]
    seeds: tuple[int, ...]
    statistic: Statistic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` with its 95 % interval, of `n` cases of `pictures` pictures; `by_seed`: the value of each seed alone.

    NaN-free: what cannot be said is None.
    """

    of: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    pictures: int
    by_seed: dict[int, float | None]

    @property
    def spread(self) -> float | None:
        """Standard deviation over seeds; None of fewer than two."""
        known = [value for value in self.by_seed.values() if value is not None]
        return round(float(np.std(known, ddof=1)), 4) if len(known) > 1 else None

    def as_json(self) -> dict[str, Json]:
        """All of it by name."""
        told = asdict(self)
        told["by_seed"] = {str(seed): value for seed, value in self.by_seed.items()}
        return {**told, "spread": self.spread}


def figure(reading: Reading) -> Figure:
    """The value of all cases, its interval, and the values of the seeds."""
    seeds = np.array(reading.seeds)
    value, low, high = _with_interval(reading)
    return Figure(
        of=reading.of,
        value=value,
        low=low,
        high=high,
        n=len(reading.cases),
        pictures=len(set(reading.groups)),
        by_seed={int(seed): _value(reading, reading.cases[seeds == seed]) for seed in np.unique(seeds)},
    )


def _value(reading: Reading, cases: Floats) -> float | None:
    if not len(cases):
        return None
    return _told(float(cases.mean()) if reading.statistic is None else reading.statistic(cases))


def _with_interval(reading: Reading) -> tuple[float | None, float | None, float | None]:
    if reading.statistic is None:
        rate = wilson(int(reading.cases.sum()), len(reading.cases))
        return (rate.share if len(reading.cases) else None), rate.low, rate.high
    value = _value(reading, reading.cases)
    if value is None:
        return None, None, None
    low, high = bootstrap(reading.cases, reading.groups, reading.statistic)
    return value, low, high


def bootstrap(cases: Floats, groups: tuple[str, ...], statistic: Statistic) -> tuple[float | None, float | None]:
    """Percentile interval of `statistic` over draws of whole groups; None where hardly a draw says anything."""
    _, numbers = np.unique(np.array(groups), return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(numbers))[:-1])
    rng = np.random.default_rng(0)
    drawn = (
        np.concatenate([members[at] for at in rng.integers(0, len(members), len(members))]) for _ in range(RESAMPLES)
    )
    found = np.array([statistic(cases[rows]) for rows in drawn])
    known = found[~np.isnan(found)]
    if len(known) < RESAMPLES / 2:
        return None, None
    low, high = np.percentile(known, _TAILS)
    return _told(float(low)), _told(float(high))


def _told(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)
