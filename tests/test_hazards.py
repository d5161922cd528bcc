"""Every hazard has a test or a reason, every figure a full size, and docs/hazards.md says where."""

import re

import pytest

from tools import hazards

NUMBERS = range(1, 81)
FIGURES = {f"F{n}" for n in (*range(1, 10), *range(11, 18), 20, 21)}
PAGE = hazards.PAGE.read_text("utf-8")
ROWS = {int(m["number"]): m for line in PAGE.splitlines() if (m := hazards._ROW.match(line))}
TOLD = {m["figure"]: m for line in PAGE.splitlines() if (m := hazards._FIGURE.match(line))}


def test_the_page_lists_each_hazard_once():
    assert [int(m["number"]) for line in PAGE.splitlines() if (m := hazards._ROW.match(line))] == list(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_has_a_test_or_a_reason(number):
    if not hazards.tests_of(number):
        assert len(ROWS[number]["tested"].strip()) > 30, "write the test, or say in docs/hazards.md why not here"


def test_the_page_is_as_the_tests_say():
    assert hazards.page(PAGE, hazards.outcomes()) == PAGE, "run: python -m tools.hazards"


@pytest.mark.parametrize("path", sorted(hazards.HAZARDS.glob("test_*.py")), ids=lambda path: path.name)
def test_every_test_says_what_it_holds(path):
    assert len(hazards.said(path)) > 15


def test_each_figure_has_its_full_size_where_the_page_says():
    named = {figure: set(re.findall(r"tests/[\w/]+\.py", m["command"])) for figure, m in TOLD.items()}
    assert set(named) == FIGURES
    assert all(files <= named[figure] for figure, files in hazards.marked().items())
    assert {figure for figure, files in hazards.marked().items() if files} == FIGURES


def test_what_is_said_of_the_last_time_passed():
    for figure, tests in hazards.outcomes().items():
        assert figure in FIGURES
        assert {entry["outcome"] for entry in tests.values()} <= {"passed", "skipped"}
        assert all(len(entry.get("why", "")) > 20 for entry in tests.values() if entry["outcome"] == "skipped")
