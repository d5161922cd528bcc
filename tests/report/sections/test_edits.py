"""The section edits: its figures, and what the page shows of them."""

from burnish import report
from tests.report import outputs


def test_medians_of_what_changed_and_the_share_of_what_did_not(tmp_path):
    rows = [outputs.kept(0), outputs.kept(1)]
    rows += [outputs.rewritten(2, "one two three four", "one two three"), outputs.rewritten(3, "a b c d", "a b x y")]
    told = report.build(str(outputs.lay(tmp_path / "out", [rows]))).figures["edits"]
    assert (told["texts"], told["changed"], told["untouched_share"], told["compared"]) == (4, 2, 0.5, 2)
    assert (told["median_words_gone"], told["median_words_come"]) == (1.5, 1.0)
    assert told["median_changed_share"] == (0.25 + 0.5) / 2


def test_nothing_changed(tmp_path):
    done = report.build(str(outputs.lay(tmp_path / "out", [[outputs.kept(0)]])))
    assert done.figures["edits"]["untouched_share"] == 1.0
    assert "  texts untouched 1 (100.0%), changed 0" in done.lines


def test_new_captions_by_format(tmp_path):
    from tests.cli.calls import call, lay_sample

    lay_sample(tmp_path / "in")
    made = call("recaption", tmp_path / "in", "-o", tmp_path / "out", "--backend", "fake", "--format", "ssc", "-q")
    assert made.code in {0, 3}, made.err
    told = report.build(str(tmp_path / "out")).figures["edits"]["captions"]
    assert told["ssc"]["written"] > 0
    assert "New captions" in (tmp_path / "out/report.html").read_text("utf-8")
