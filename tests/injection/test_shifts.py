"""Orders that are found cost a pair, or nothing: the built-in model's final scores with them and without."""

from __future__ import annotations

from statistics import fmean

from burnish.backends.builtin.backend import BuiltinBackend
from tests.injection import shifts

MEAN_SHIFT, LARGEST_SHIFT = 0.05, 0.5


def test_no_pair_gains_by_an_order_that_is_found() -> None:
    found = shifts.ordered(BuiltinBackend({}), count=6, orders=1)
    told = [shift for shift in found if shift.flagged and shift.kind != "plain"]
    scored = [shift.by for shift in told if shift.by is not None]
    assert len(told) > len(found) / 2
    assert scored
    assert max(scored) <= LARGEST_SHIFT
    assert fmean(scored) <= MEAN_SHIFT
    assert not [shift for shift in told if shift.crosses]
