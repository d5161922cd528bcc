"""The section quarantine: its figures, and what the page shows of them."""

from dataclasses import replace

from burnish import report
from burnish.values import Decision, Reason
from tests.report import outputs


def test_reasons_with_examples_and_the_command_that_tries_again(tmp_path):
    rows = [outputs.fault(at, key=f"key{at}", detail="cut short") for at in range(6)]
    rows += [outputs.fault(6, Reason.NO_IMAGE, "bare"), outputs.gap(7)]
    passed = replace(outputs.kept(8), decision=Decision.PASSED, reason="no_sure_rewrite")
    out = outputs.lay(tmp_path / "my out", [[*rows, passed]])
    done = report.build(str(out))
    told = done.figures["quarantine"]
    assert told["quarantined"] == {"decode_error": 6, "no_image": 1, "bad_header": 1}
    assert told["retryable"] == 7
    assert told["passed"] == {"no_sure_rewrite": 1}
    page = (out / "report.html").read_text("utf-8")
    assert f"burnish retry &#39;{out}&#39;" in page
    assert "key3" in page
    assert "key5" not in page, "four examples of each"
    assert "bytes 512 to 1,024" in page


def test_nothing_in_quarantine_is_no_section(tmp_path):
    report.build(str(outputs.lay(tmp_path / "out", [[outputs.kept(0)]])))
    assert 'id="quarantine"' not in (tmp_path / "out/report.html").read_text("utf-8")
