"""The section scores: its figures, and what the page shows of them."""

from dataclasses import replace

import pytest

from burnish import report
from burnish.plan import CostRules
from burnish.storage.answers import AnswerFile, answers_folder
from burnish.values import Decision
from tests.report import outputs


def lay(out, low=20, high=60):
    rows = [outputs.rewritten(at, f"a_{at}", f"a {at}", (2.0 + at % 10 / 10, 4.0)) for at in range(low // 2)]
    rows += [
        replace(outputs.kept(at, f"b {at}", 2.0 + at % 10 / 10), decision=Decision.PASSED, reason="no_sure_rewrite")
        for at in range(len(rows), low)
    ]
    rows += [outputs.kept(at, f"c {at}", 3.0 + at % 20 / 10) for at in range(low, low + high)]
    return outputs.lay(out, [rows])


def by_threshold(done):
    return {row["threshold"]: row for row in done.figures["scores"]["thresholds"]}


def test_counts_under_each_threshold(tmp_path):
    found = by_threshold(report.build(str(lay(tmp_path / "out"))))
    assert (found[3.0]["under"], found[3.0]["rewritten"], found[3.0]["estimated"]) == (20, 10, False)
    assert (found[2.5]["under"], found[2.5]["rewritten"]) == (10, 5)
    assert found[2.0]["under"] == 0
    assert (found[4.0]["under"], found[4.0]["rewritten"], found[4.0]["estimated"]) == (50, 25, True)
    assert found[3.0]["share"] == pytest.approx(0.25)
    assert "calls" not in found[3.0]


def test_what_another_threshold_costs(tmp_path):
    """80 originals scored at 10 tokens, 20 tried at 100 for a text and 10 for its score."""
    out = lay(tmp_path / "out")
    file = AnswerFile(answers_folder(str(out)) / "00000.tar.jsonl")
    scored = {f"s{at}": {"Score": {}} for at in range(80)}
    file.append(scored, {"calls": 80, "prompt_tokens": 800, "written_tokens": 0, "possibly_billed": 0})
    texts = {f"d{at}": {"Draft": {}} for at in range(20)}
    file.append(texts, {"calls": 20, "prompt_tokens": 1_800, "written_tokens": 200, "possibly_billed": 0})
    again = {f"v{at}": {"Score": {}} for at in range(20)}
    file.append(again, {"calls": 20, "prompt_tokens": 200, "written_tokens": 0, "possibly_billed": 0})
    wanted = report.Wanted(prices=CostRules(price_in=1.0, price_out=2.0))
    found = by_threshold(report.build(str(out), wanted))
    assert (found[3.0]["calls"], found[3.0]["tokens"]) == (120, 3_000)
    assert found[3.0]["cost"] == pytest.approx((2_800 + 2 * 200) / 1e6)
    assert (found[2.5]["calls"], found[2.5]["tokens"]) == (100, 1_900)
    assert found[4.0]["calls"] == 80 + 40 * 50 // 20
    assert found[2.0]["tokens"] == 800


def test_means_by_criterion(tmp_path):
    done = report.build(str(lay(tmp_path / "out", 2, 2)))
    told = done.figures["scores"]["criteria"]["overall"]
    assert told["scored"] == 4
    assert told["before"]["mean"] == pytest.approx((2.0 + 2.1 + 3.2 + 3.3) / 4)
    assert told["after"]["mean"] == pytest.approx((4.0 + 2.1 + 3.2 + 3.3) / 4)


def test_what_decides_is_told_beside_the_criteria_where_it_is_more_than_one(tmp_path):
    rows = [
        replace(
            outputs.kept(0),
            captions=(replace(outputs.kept(0).captions[0], scores=(outputs.scored(4.0), outputs.scored(2.0, "x"))),),
        )
    ]
    stored = outputs.plan(**{"rewrite.weights": {"overall": 1, "x": 1}})
    done = report.build(str(outputs.lay(tmp_path / "out", [rows], stored)))
    told = done.figures["scores"]["criteria"]
    assert list(told) == ["what decides", "overall", "x"]
    assert told["what decides"]["before"]["mean"] == 3.0


def test_an_output_without_scores_has_no_such_section(tmp_path):
    bare = replace(outputs.kept(0), captions=(replace(outputs.kept(0).captions[0], scores=()),))
    report.build(str(outputs.lay(tmp_path / "out", [[bare]])))
    assert 'id="scores"' not in (tmp_path / "out/report.html").read_text("utf-8")


@pytest.mark.parametrize(("below", "under"), [(3.02, 2), (3.03, 3), (2.96, 0), (3.0, 1)])
def test_the_runs_own_threshold_is_counted_exactly(tmp_path, below, under):
    """2.98, 3.01 and 3.02 lie in two steps of 0.05."""
    rows = [outputs.rewritten(at, f"a_{at}", f"a {at}", (score, 4.0)) for at, score in enumerate((2.98, 3.01, 3.02))]
    out = outputs.lay(tmp_path / "out", [rows], outputs.plan(**{"rewrite.below": below}))
    done = report.build(str(out))
    row = by_threshold(done)[below]
    assert (row["under"], row["rewritten"], row["estimated"]) == (under, under, False)
    assert any(f"under the threshold of {below:g}: {under} " in line for line in done.lines)
