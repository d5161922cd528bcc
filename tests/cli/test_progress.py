"""One line of progress, and what it does not claim."""

from burnish.cli._progress import Pace, line
from burnish.storage.ledger import Counts

SOME = Counts(total=100, kept=60, rewritten=20, passed=15, quarantined=4, gaps=1)


def test_nothing_read_yet():
    assert line(Counts(), 0.0, 1_000) == "waiting for the first pairs"


def test_time_left_where_the_total_is_known():
    text = line(SOME, 50.0, 1_100)
    assert text.startswith("100 of 1,100 pairs  50.0/s  20.0 s left")
    assert "kept 60 rewritten 20 passed 15 bad 5" in text


def test_no_time_left_where_it_is_not_known():
    assert " left" not in line(SOME, 50.0, None)
    assert " left" not in line(SOME, 0.0, 1_100)


def test_no_speed_where_it_is_not_known():
    assert line(SOME, 0.0, 1_100).startswith("100 of 1,100 pairs  kept 60 ")


def test_an_estimate_that_was_too_low_is_dropped():
    assert line(SOME, 50.0, 90).startswith("100 pairs  50.0/s  kept")


def test_pace_leaves_out_what_was_done_before():
    pace = Pace()
    assert pace.rate(5_000, 10.0) == 0.0
    assert pace.rate(5_100, 12.0) == 50.0


def test_batches_that_come_together_are_no_speed():
    """Two workers, 32 pairs each: the second batch a moment after the first would be 3,200 pairs a second."""
    pace = Pace()
    assert [pace.rate(32, 5.0), pace.rate(64, 5.01), pace.rate(128, 6.9)] == [0.0, 0.0, 0.0]
    assert pace.rate(160, 7.0) == 64.0
