"""The section ledger: its figures, and what the page shows of them."""

from burnish import report
from burnish.storage.layout import quarantine_name
from tests.report import outputs


def rows():
    return [outputs.kept(0), outputs.rewritten(1, "a_b", "a b"), outputs.kept(2), outputs.fault(3), outputs.gap(4)]


def test_the_equation_is_checked_against_the_files(tmp_path):
    done = report.build(str(outputs.lay(tmp_path / "out", [rows(), rows()[:2]])))
    told = done.figures["ledger"]
    assert told == {
        "total": 7, "kept": 3, "rewritten": 2, "recaptioned": 0, "passed": 0, "quarantined": 1, "gaps": 1,
        "written": 5, "checked": True,
    }  # fmt: skip
    assert done.lines[1] == "  in 7 = out 5 + quarantined 1 + gaps 1"
    assert list(done.warnings) == []
    page = (tmp_path / "out/report.html").read_text("utf-8")
    assert '<span class="badge good">checked</span>' in page


def test_what_is_gone_from_the_files_is_said(tmp_path):
    out = outputs.lay(tmp_path / "out", [rows()])
    (out / quarantine_name("00000.tar")).unlink()
    done = report.build(str(out))
    assert done.figures["ledger"]["checked"] is False
    assert any("1 quarantined, the files 0" in warning for warning in done.warnings)
    assert "does not add up" in (out / "report.html").read_text("utf-8")


def test_a_run_that_has_not_finished_says_so(tmp_path):
    done = report.build(str(outputs.lay(tmp_path / "out", [rows()], sealed=False)))
    assert [warning for warning in done.warnings if "not finished" in warning]
    assert done.figures["ledger"]["total"] == 5
