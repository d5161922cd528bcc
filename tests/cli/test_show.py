"""Words and numbers on the terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.cli import _job, _show
from burnish.plan import Plan
from burnish.storage.ledger import Counts, LedgerError
from burnish.summary import Summary

COUNTS = Counts(total=250, kept=121, rewritten=52, passed=67, quarantined=8, gaps=2)


def summary(**changed):
    facts = {
        "plan": Plan(source="in", output="my out"),
        "counts": COUNTS,
        "reasons": {"below_threshold": 60, "unassessed:abstained": 7, "decode_error": 5, "no_image": 3},
        "shards": 3,
        "elapsed_s": 5.0,
        "backend": "fake-1",
    }
    return Summary(**{**facts, **changed})


def test_the_equation_is_printed():
    expected = "in 250 = out 240 (kept 121, rewritten 52, passed 67) + quarantined 8 + gaps 2"
    assert _show.equation(COUNTS) == expected


def test_an_equation_that_does_not_hold_is_an_error():
    with pytest.raises(LedgerError):
        _show.equation(Counts(total=3, kept=1))


def test_the_summary_says_why():
    text = _show.summary(summary())
    assert "passed because: below_threshold 60, unassessed:abstained 7" in text
    assert "bad because: decode_error 5, no_image 3" in text
    assert "50.0 pairs/s" in text
    assert max(map(len, text.splitlines())) <= 100


def test_scores_that_do_not_need_the_image_are_counted_by_criterion():
    text = _show.summary(summary(blind={"image_text_matching": (240, 6), "overall": (1_200, 300)}))
    assert "scores that move by less than 0.25 without the image:" in text
    assert "image_text_matching             6 of       240     2.5%" in text
    assert "overall                       300 of     1,200    25.0%" in text
    assert summary(blind={"overall": (4, 1)}).lasting()["blind"] == {"overall": [4, 1]}
    assert "blind" not in summary().lasting()


def test_speed_is_not_claimed_for_what_earlier_runs_did():
    assert "pairs/s" not in _show.summary(summary(shards_before=2))


def test_the_next_command_can_be_pasted():
    assert _show.next_command(summary(), retry=True) == "next: burnish report 'my out'"


def test_credentials_are_not_shown():
    done = summary(plan=Plan(source="s3://key:secret@bucket/a", output="https://u:secret@h/x?sig=secret"))
    assert "secret" not in _show.as_json(done) + _show.next_command(done) + _show.summary(done)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (185, "3 min 5 s"), (15_000, "4 h 10 min")]
)
def test_durations(seconds, words):
    assert _show.duration(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (61e9, "61 GB"), (2e16, "20,000 TB")]
)
def test_sizes(number, words):
    assert _show.size(number) == words


def test_word_diff_marks_what_went_and_came():
    assert _show.word_diff("Clipart by A - NATO", "NATO") == "[-Clipart by A --] NATO"
    assert _show.word_diff("red aple", "red apple") == "red [-aple-] {+apple+}"
    assert _show.word_diff("same", "same") == "same"


@given(st.text(), st.text())
def test_word_diff_never_steers_the_terminal(before, after):
    shown = _show.word_diff(before, after)
    assert not any(c < " " or "\x7f" <= c < "\xa0" or "\u202a" <= c <= "\u202e" for c in shown)


@pytest.mark.parametrize(("bad", "total"), [(1, 3), (2, 3), (29, 100), (7, 100), (1, 1), (333, 1_000), (1, 4)])
def test_the_share_of_bad_pairs_that_is_suggested_lets_the_run_pass(bad, total, capsys):
    counts = Counts(total=total, kept=total - bad, quarantined=bad)
    done = summary(counts=counts, plan=Plan(source="in", output="out", max_bad=0.0))
    assert _job.exit_code(done) == 3
    _job._warn(done)
    enough = float(re.search(r"max_bad=([\d.]+)", capsys.readouterr().err)[1])
    assert enough - bad / total < 0.01
    assert _job.exit_code(summary(counts=counts, plan=Plan(source="in", output="out", max_bad=enough))) == 0
