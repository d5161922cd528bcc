"""in = out + quarantined + gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.storage.ledger import Counts, LedgerError

PARTS = ("kept", "rewritten", "recaptioned", "passed", "quarantined", "gaps")
_PART = st.integers(0, 10**12)


def balanced(parts):
    return Counts(total=sum(parts), **dict(zip(PARTS, parts, strict=True)))


_COUNTS = st.tuples(*[_PART] * 6).map(balanced)


@given(_COUNTS, _COUNTS)
def test_balanced_counts_stay_balanced_when_added(one, two):
    one.check()
    (one + two).check()
    assert one + two == two + one
    assert one + Counts() == one
    assert (one + two).written == one.written + two.written


@given(_COUNTS, st.sampled_from(("total", *PARTS)), st.integers(-(10**12), 10**12).filter(bool))
def test_any_single_wrong_count_is_found(counts, name, off):
    wrong = Counts(**(counts.as_json() | {name: getattr(counts, name) + off}))
    with pytest.raises(LedgerError):
        wrong.check()


@given(_COUNTS)
def test_json_round_trip(counts):
    assert Counts.from_json(counts.as_json()) == counts


@pytest.mark.parametrize("row", [{}, {"total": 1}, Counts().as_json() | {"x": 1}, Counts().as_json() | {"kept": 1.0},
                                 Counts().as_json() | {"kept": True}, Counts().as_json() | {"kept": None}])  # fmt: skip
def test_other_json_is_refused(row):
    with pytest.raises(ValueError, match="count"):
        Counts.from_json(row)
