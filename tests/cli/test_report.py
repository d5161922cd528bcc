"""``burnish report`` as people call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calls import call, lay_sample

FAKE = ("--backend", "fake")


@pytest.fixture
def out() -> Path:
    lay_sample(Path("in"))
    assert call("enhance", "in", "-o", "out", *FAKE, "--set", "max_bad=1").code == 0
    return Path("out")


def test_it_says_what_the_page_says_in_80_columns(out):
    answer = call("report", out)
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    assert lines[0] == "Where every pair went"
    assert lines[1].startswith("  in 21 = out ")
    assert "Quarantine and gaps" in lines
    assert lines[-1] == "next: burnish verify out"
    assert lines[-2].startswith("report: out/report.html   one file, ")
    assert max(map(len, lines)) <= 80
    assert (out / "report.html").read_bytes().startswith(b"<!doctype html>\n<!-- burnish report 1 -->\n<html lang")


def test_figures_as_json(out):
    told = json.loads(call("report", out, "--json").out)
    assert told["ledger"]["total"] == 21
    assert told["ledger"]["checked"] is True
    assert told["bytes"] == (out / "report.html").stat().st_size
    assert told["quarantine"]["quarantined"]["no_image"] == 2
    assert told["warnings"] == []


def test_the_same_output_gives_the_same_page(out):
    assert call("report", out).code == 0
    first = (out / "report.html").read_bytes()
    assert call("report", out, "-o", "again.html").code == 0
    assert Path("again.html").read_bytes() == first
    other = call("report", out, "-o", "again.html", "--seed", "7")
    assert other.code == 0
    assert b"seed 7" in Path("again.html").read_bytes()


def test_the_page_is_no_part_of_the_output(out):
    assert call("report", out).code == 0
    assert call("verify", out).code == 0
    again = call("enhance", "in", "-o", "out", *FAKE, "--set", "max_bad=1")
    assert again.code == 0, again.err
    assert (out / "report.html").exists()


def test_two_runs_side_by_side(out):
    second = call("enhance", "in", "-o", "other", *FAKE, "--set", "max_bad=1", "--set", "rewrite.below=1")
    assert second.code == 0, second.err
    answer = call("report", out, "--compare", "other", "-o", "both.html")
    assert answer.code == 0, answer.err
    assert "Beside the other run" in answer.out
    assert "pairs in both, 0 only here, 0 only there" in answer.out
    assert "Beside the other run" in Path("both.html").read_text("utf-8")


def test_an_estimate_is_held_against_the_run(out):
    trial = call("enhance", "in", "-o", "better", *FAKE, "--dry-run", "--json")
    Path("estimate.json").write_text(trial.out, "utf-8")
    told = json.loads(call("report", out, "--estimate", "estimate.json", "--json").out)
    shares = {each["of"]: each for each in told["cost"]["estimate"]}
    assert shares["share kept"]["inside"]
    assert "time s" in shares


WRONG = (
    (("report", "nowhere"), "not an output of burnish"),
    (("report", "in"), "not an output of burnish"),
    (("report", "out", "-o", "notes.txt"), "is no report of burnish"),
    (("report", "out", "-o", "out/x.html"), "out"),
    (("report", "out", "-o", "."), "no name of a file"),
    (("report", "out", "--compare", "nowhere"), "not an output of burnish"),
    (("report", "out", "--estimate", "nowhere.json"), "cannot read"),
    (("report", "out", "--estimate", "notes.txt"), "is no JSON"),
    (("report", "out", "--estimate", "list.json"), "not what a dry run printed"),
)


@pytest.mark.parametrize(
    ("arguments", "says"), WRONG, ids=lambda each: " ".join(each) if isinstance(each, tuple) else ""
)
def test_wrong_uses(arguments, says, out):
    Path("notes.txt").write_text("mine")
    Path("list.json").write_text("[]")
    answer = call(*arguments)
    assert answer.code == 2
    assert says in answer.err
    assert 2 <= len(answer.err.splitlines()) <= 6
    assert Path("notes.txt").read_text() == "mine"


def test_a_table_of_a_pass_has_nothing_to_report(out):
    drawn = call("quotas", out, "-o", "table", "--by", "language", "--at-most", "1")
    assert drawn.code == 0, drawn.err
    answer = call("report", "table")
    assert answer.code == 2
    assert "made by another command" in answer.err
