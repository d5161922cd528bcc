"""The section rights: its figures, and what the page shows of them."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish import report
from burnish.errors import StopError
from burnish.values import Reason
from tests.report import outputs


def test_columns_that_speak_of_rights_are_counted(tmp_path):
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]])
    columns = {"license": ["cc-by", "cc-by", None, ""], "caption": list("abcd"), "OPT_OUT": [True, False, False, None]}
    pq.write_table(pa.table(columns), out / "00000.parquet")
    done = report.build(str(out))
    assert done.figures["rights"]["columns"] == {
        "license": {"cc-by": 2, "not said": 2},
        "OPT_OUT": {"False": 2, "True": 1, "not said": 1},
    }
    assert "  license: cc-by 2, not said 2" in done.lines


def test_rows_that_are_no_pairs_do_not_count(tmp_path):
    """A table beside a tar keeps all its rows, also of downloads that failed and of what a limit left out."""
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]])
    columns = {
        "license": ["cc-by", "cc0", "cc0"],
        "rights": [["all"], [], None],
        "burnish_decision": ["kept", "", None],
    }
    pq.write_table(pa.table(columns), out / "00000.parquet")
    assert report.build(str(out)).figures["rights"]["columns"] == {
        "license": {"cc-by": 1},
        "rights": {"['all']": 1},
    }


def test_pictures_not_fetched_for_their_owners_sake(tmp_path):
    rows = [outputs.kept(0), outputs.fault(1, Reason.OPTED_OUT), outputs.fault(2, Reason.ROBOTS_REFUSED)]
    told = report.build(str(outputs.lay(tmp_path / "out", [rows]))).figures["rights"]
    assert told["not_fetched"] == {"opted_out": 1, "robots_refused": 1}


def test_nothing_said_is_no_section(tmp_path):
    report.build(str(outputs.lay(tmp_path / "out", [[outputs.kept(0)]])))
    assert 'id="rights"' not in (tmp_path / "out/report.html").read_text("utf-8")


def test_very_many_licences_stay_bounded(tmp_path):
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]])
    pq.write_table(pa.table({"license": [f"l{at}" for at in range(3_000)]}), out / "00000.parquet")
    report.build(str(out))
    assert "986 more values" in (out / "report.html").read_text("utf-8")


def test_a_damaged_table_is_named(tmp_path):
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]])
    (out / "00000.parquet").write_bytes(b"PAR1 no table")
    with pytest.raises(StopError, match=r"00000\.parquet"):
        report.build(str(out))
