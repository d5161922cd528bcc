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


def test_what_does_not_add_up_is_told_in_numbers():
    with pytest.raises(LedgerError) as wrong:
        Counts(total=9_999, kept=1_000, rewritten=200, recaptioned=30, passed=4, quarantined=5_000, gaps=2_000).check()
    assert str(wrong.value) == (
        "9,999 items came in, but 1,234 written + 5,000 quarantined + 2,000 gaps = 8,234.\nPlease report this bug."
    )


def test_a_negative_count_is_told():
    with pytest.raises(LedgerError, match=r"^a count is negative: Counts\(total=0, kept=1, .*gaps=-1\)$"):
        Counts(kept=1, gaps=-1).check()


def test_the_count_that_is_no_number_is_named():
    with pytest.raises(ValueError, match=r"^count passed is not a whole number: 'x'$"):
        Counts.from_json(Counts().as_json() | {"passed": "x"})


@given(_COUNTS)
def test_json_round_trip(counts):
    assert Counts.from_json(counts.as_json()) == counts


@pytest.mark.parametrize("row", [{}, {"total": 1}, Counts().as_json() | {"x": 1}, Counts().as_json() | {"kept": 1.0},
                                 Counts().as_json() | {"kept": True}, Counts().as_json() | {"kept": None}])  # fmt: skip
def test_other_json_is_refused(row):
    with pytest.raises(ValueError, match="count"):
        Counts.from_json(row)
