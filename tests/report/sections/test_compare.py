"""The section compare: its figures, and what the page shows of them."""

from dataclasses import replace

from burnish import report
from burnish.values import Decision
from tests.report import outputs


def pairs():
    rows = [outputs.kept(at, f"text {at}", 4.0) for at in range(10)]
    return [*rows, outputs.rewritten(10, "a_b", "a b"), outputs.rewritten(11, "c_d", "c d")]


def build(tmp_path, here, there, **shards):
    outputs.lay(tmp_path / "here", [here])
    outputs.lay(tmp_path / "there", shards.get("parted") or [there], shards.get("stored"))
    return report.build(str(tmp_path / "here"), report.Wanted(compare=str(tmp_path / "there")))


def test_what_two_runs_see_differently(tmp_path):
    there = pairs()
    there[10] = replace(outputs.kept(10, "a_b", 1.5), decision=Decision.PASSED, reason="no_gain")
    there[11] = outputs.rewritten(11, "c_d", "c dd")
    there[0] = outputs.kept(0, "text 0", 3.0)
    told = build(tmp_path, pairs(), there).figures["compare"]
    assert (told["common"], told["only_here"], told["only_there"]) == (12, 0, 0)
    assert (told["other_decision"], told["other_text"]) == (1, 2)
    assert told["decisions"]["passed"]["rewritten"] == 1
    assert told["decisions"]["kept"]["kept"] == 10
    page = (tmp_path / "here/report.html").read_text("utf-8")
    section = page.partition('id="compare"')[2].partition("</section>")[0]
    assert section.count("<article") == 3, "other texts, other decisions, other scores"
    assert "dd</ins>" in section


def test_the_same_run_twice(tmp_path):
    done = build(tmp_path, pairs(), pairs())
    assert (done.figures["compare"]["other_decision"], done.figures["compare"]["other_text"]) == (0, 0)
    assert "  12 pairs in both, 0 only here, 0 only there" in done.lines


def test_shards_need_not_be_the_same(tmp_path):
    there = pairs()[:9]
    told = build(tmp_path, pairs(), there, parted=[there[5:], there[:5]]).figures["compare"]
    assert (told["common"], told["only_here"], told["only_there"], told["other_text"]) == (9, 3, 0, 0)


def test_scores_of_two_models_do_not_compare_and_it_is_said(tmp_path):
    done = build(tmp_path, pairs(), pairs(), stored={**outputs.plan(), "model": "another"})
    assert any("scores do not compare" in warning for warning in done.warnings)


def test_alone_there_is_no_such_section(tmp_path):
    done = report.build(str(outputs.lay(tmp_path / "out", [pairs()])))
    assert "compare" not in done.figures
    assert 'id="compare"' not in (tmp_path / "out/report.html").read_text("utf-8")


def test_pairs_that_are_there_several_times_are_matched_one_by_one(tmp_path):
    """Same key and same image, as in a source that was downloaded twice."""
    rows = pairs()
    again = [
        replace(row, pair=replace(row.pair, origin=replace(row.pair.origin, ordinal=12 + at)))
        for at, row in enumerate(rows)
    ]
    third = replace(rows[10], pair=replace(rows[10].pair, origin=replace(rows[10].pair.origin, ordinal=24)))
    everything = [*rows, *again, third]
    told = build(tmp_path / "same", everything, everything).figures["compare"]
    assert (told["common"], told["only_here"], told["only_there"]) == (25, 0, 0)
    assert (told["other_decision"], told["other_text"]) == (0, 0)
    told = build(tmp_path / "fewer", everything, rows).figures["compare"]
    assert (told["common"], told["only_here"], told["only_there"]) == (12, 13, 0)
    changed = [*rows, outputs.rewritten(12, "a_b", "a bb")]
    changed[12] = replace(changed[12], pair=third.pair)
    told = build(tmp_path / "changed", everything, changed).figures["compare"]
    assert (told["common"], told["only_here"], told["only_there"], told["other_text"]) == (13, 12, 0, 1)
