"""Values with intervals: right where they can be computed by hand, and wide enough."""

from __future__ import annotations

import math

import numpy as np
import pytest

from burnish.evals.figures import Reading, bootstrap, figure
from burnish.evals.metrics.auc import area_under


def reading(cases, groups=None, seeds=None, statistic=None) -> Reading:
    rows = np.array(cases, np.float64)
    rows = rows.reshape(-1, 1) if rows.ndim == 1 else rows
    return Reading(
        of="",
        cases=rows,
        groups=tuple(groups or map(str, range(len(rows)))),
        seeds=tuple(seeds or [0] * len(rows)),
        statistic=statistic,
    )


def test_a_share_has_wilsons_interval_and_the_values_of_its_seeds():
    found = figure(reading([1, 0, 0, 0, 1, 1, 0, 0], seeds=[0] * 4 + [1] * 4))
    assert (found.value, found.n, found.pictures) == (0.375, 8, 8)
    assert found.by_seed == {0: 0.25, 1: 0.5}
    assert found.spread == pytest.approx(0.25 / math.sqrt(2), abs=1e-4)
    assert (found.low, found.high) == (pytest.approx(0.1368, abs=1e-3), pytest.approx(0.6943, abs=1e-3))


def test_no_case_and_one_kind_only_have_no_value():
    nothing = figure(reading(np.empty((0, 2)), statistic=area_under))
    assert (nothing.value, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)
    assert figure(reading([])).value is None
    alike = figure(reading([(1.0, 1.0), (2.0, 1.0)], statistic=area_under))
    assert (alike.value, alike.low) == (None, None)
    assert alike.as_json()["by_seed"] == {"0": None}


def test_cases_of_one_picture_are_drawn_together():
    values = np.random.default_rng(5).normal(size=40)
    apart = bootstrap(values.reshape(-1, 1), tuple(map(str, range(40))), lambda rows: float(rows.mean()))
    ten_times = np.repeat(values, 10).reshape(-1, 1)
    together = bootstrap(ten_times, tuple(str(at // 10) for at in range(400)), lambda rows: float(rows.mean()))
    alone = bootstrap(ten_times, tuple(map(str, range(400))), lambda rows: float(rows.mean()))
    width = [high - low for low, high in (apart, together, alone)]
    assert width[1] == pytest.approx(width[0], rel=0.25)  # copies of a picture's cases tell nothing new
    assert width[2] < 0.5 * width[0]


def test_a_random_judge_is_at_chance_within_its_interval():
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(40):
        rows = np.column_stack([rng.normal(size=120), rng.integers(0, 2, 120)])
        found = figure(reading(rows, statistic=area_under))
        inside += found.low <= 0.5 <= found.high
    assert inside >= 34  # 38 expected; fewer than 34 once in about a hundred
