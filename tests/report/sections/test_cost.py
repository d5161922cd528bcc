"""The section cost: its figures, and what the page shows of them."""

import orjson

from burnish import report
from burnish.plan import CostRules
from burnish.storage.answers import AnswerFile, answers_folder
from burnish.storage.layout import LOG
from tests.report import outputs


def lay(out):
    outputs.lay(out, [[outputs.kept(at) for at in range(10)]])
    file = AnswerFile(answers_folder(str(out)) / "00000.tar.jsonl")
    used = {"calls": 12, "prompt_tokens": 2_000_000, "written_tokens": 500_000, "possibly_billed": 1}
    file.append({"a": {"Score": {}}, "b": {"Draft": {}}}, used)
    events = [
        {"event": "run started"},
        {"event": "run stopped", "ms": 3_000},
        {"event": "run started"},
        {"event": "run done", "ms": 2_000},
    ]
    (out / LOG).write_bytes(b"\n".join(map(orjson.dumps, events)) + b"\n{torn")
    return out


def test_calls_tokens_money_and_time(tmp_path):
    out = lay(tmp_path / "out")
    done = report.build(str(out), report.Wanted(prices=CostRules(price_in=0.5, price_out=2.0)))
    told = done.figures["cost"]
    assert (told["calls"], told["possibly_billed"], told["cost"]) == (12, 1, 2.0)
    assert told["answers"] == {"Score": 1, "Draft": 1}
    assert (told["starts"], told["stops"], told["seconds"], told["pairs_per_s"]) == (2, 1, 5.0, 2.0)
    assert "  5.0 s in 2 starts, 2.0 pairs/s" in done.lines


def test_without_prices_there_is_no_money(tmp_path):
    told = report.build(str(lay(tmp_path / "out"))).figures["cost"]
    assert "cost" not in told
    assert "--price-in" in (tmp_path / "out/report.html").read_text("utf-8")


def test_a_model_that_costs_nothing(tmp_path):
    done = report.build(str(outputs.lay(tmp_path / "out", [[outputs.kept(0)]])))
    assert done.figures["cost"]["calls"] == 0
    assert done.figures["cost"]["log"] is False
    assert "costs nothing" in (tmp_path / "out/report.html").read_text("utf-8")


def test_the_estimate_is_held_against_what_came(tmp_path):
    estimate = {
        "dry_run": True,
        "prompt_tokens_90": [1e6, 3e6],
        "written_tokens_90": [1.0, 2.0],
        "outcomes": {"kept": {"sample": 5, "share_95": [0.8, 1.0]}, "__class__": {"share_95": [0, 1]}, "odd": 3},
    }
    told = report.build(str(lay(tmp_path / "out")), report.Wanted(estimate=estimate)).figures["cost"]["estimate"]
    assert {each["of"]: each["inside"] for each in told} == {
        "prompt tokens": True,
        "written tokens": False,
        "share kept": True,
    }


def test_a_second_report_knows_what_was_spent_since(tmp_path):
    """`--max-tokens` is raised, the run goes on, and the same process reports again."""
    out = lay(tmp_path / "out")
    assert report.build(str(out)).figures["cost"]["calls"] == 12
    used = {"calls": 3, "prompt_tokens": 1_000, "written_tokens": 10, "possibly_billed": 0}
    AnswerFile(answers_folder(str(out)) / "00001.tar.jsonl").append({"c": {"Score": {}}}, used)
    told = report.build(str(out)).figures
    assert (told["cost"]["calls"], told["cost"]["prompt_tokens"]) == (15, 2_001_000)


def test_answers_of_which_some_told_no_tokens(tmp_path):
    out = lay(tmp_path / "out")
    used = {"calls": 4, "prompt_tokens": 300, "written_tokens": 3, "possibly_billed": 0, "uncounted": 1}
    AnswerFile(answers_folder(str(out)) / "00001.tar.jsonl").append({"c": {"Score": {}}}, used)
    done = report.build(str(out))
    assert "  1 answers told no tokens: it is more than that" in done.lines
    assert "beyond that" in (out / "report.html").read_text("utf-8")
