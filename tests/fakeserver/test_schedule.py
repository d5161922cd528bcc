"""When faults strike."""

import pytest

from burnish.errors import UsageError
from burnish.fakeserver import schedule
from burnish.fakeserver.schedule import Moment


def struck(*texts: str, seed: int = 0, attempt: int = 1, calls: range = range(1, 41)) -> list[int]:
    """The numbers of the calls that are struck, each with a body of its own and one second apart."""
    rules = schedule.read(texts, seed)
    moments = [Moment(number=n, body=f"body {n}", attempt=attempt, elapsed_s=float(n)) for n in calls]
    return [m.number for m in moments if schedule.find(rules, m) is not None]


def test_numbers_ranges_and_steps():
    assert struck("hang@3") == [3]
    assert struck("hang@3,5-7, 39-") == [3, 5, 6, 7, 39, 40]
    assert struck("hang@every10") == [10, 20, 30, 40]
    assert struck("hang") == struck("hang@all") == list(range(1, 41))


def test_windows_in_seconds():
    assert struck("outage@t5-8") == [5, 6, 7]
    assert struck("outage@t38.5-") == [39, 40]


def test_shares_are_about_right_and_seeded():
    calls = range(1, 2_001)
    found = struck("hang@10%", calls=calls)
    assert 140 <= len(found) <= 260  # 200, sd 13.4
    assert found == struck("hang@10%", calls=calls) != struck("hang@10%", seed=1, calls=calls)
    assert found != struck("reset@10%", calls=calls)
    assert struck("hang@0%") == []
    assert struck("hang@100%") == list(range(1, 41))


def test_shares_of_first_attempts_of_all_and_of_each():
    calls = range(1, 201)
    first = struck("hang@20%first", calls=calls)
    assert first
    assert struck("hang@20%first", calls=calls, attempt=2) == []
    assert struck("hang@20%always", calls=calls) == struck("hang@20%always", calls=calls, attempt=9) == first
    assert struck("hang@20%", calls=calls) != struck("hang@20%", calls=calls, attempt=2)


def test_the_first_rule_that_fits_wins():
    rules = schedule.read(("hang@2", "reset@1-3"), 0)
    found = [schedule.find(rules, Moment(number=n, body="", attempt=1, elapsed_s=0.0)) for n in (1, 2, 3, 4)]
    assert [fault and fault.name for fault in found] == ["reset", "hang", "reset", None]


@pytest.mark.parametrize("when", ["x", "3..5", "every0", "every", "101%", "5%maybe", "t5", "-3", "3,", "t"])
def test_what_cannot_be_read_is_refused(when):
    with pytest.raises(UsageError, match="Write 3, 10-12"):
        schedule.read((f"hang@{when}",), 0)
