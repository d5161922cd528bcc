"""The section provenance: its figures, and what the page shows of them."""

from burnish import report
from tests.report import outputs


def test_what_was_set_otherwise_than_by_default(tmp_path):
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]], outputs.plan(**{"rewrite.below": 2.5, "explain": True}))
    done = report.build(str(out))
    assert done.figures["provenance"]["plan"]["rewrite.below"] == 2.5
    page = (out / "report.html").read_text("utf-8")
    changed = page.partition("Set otherwise than by default")[2].partition("all settings and digests")[0]
    assert "rewrite.below" in changed
    assert "explain" in changed
    assert "rewrite.min_gain" not in changed
    assert "rewrite.min_gain" in page
    assert done.lines[-1] == "  model a-model-1, recipe aitqe, burnish 0.1.0"


def test_credentials_in_a_source_are_cut(tmp_path):
    stored = outputs.plan(source="s3://me:canaryword@bucket/x?sig=canarysig")
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]], stored)
    report.build(str(out))
    page = (out / "report.html").read_text("utf-8")
    assert "canary" not in page
    assert "bucket/x" in page


def test_a_recipe_of_ones_own_is_not_loaded_to_draw_a_page(tmp_path):
    """Its name comes with the output, and loading it would run it."""
    (tmp_path / "mine.py").write_text("raise SystemExit('ran')")
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]], outputs.plan(recipe="mine:RECIPE"))
    assert report.build(str(out)).figures["scores"]["criteria"]["overall"]["scored"] == 1
