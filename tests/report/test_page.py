"""The page: one file, a policy, a bound on its size, templates that cannot forget to escape."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

import burnish.report
from burnish import discovery, report
from burnish.report import page, sections
from burnish.report.opened import open_run
from tests.report import outputs

HOME = Path(burnish.report.__file__).parent
TEMPLATES = sorted(HOME.rglob("*.html"))
IN_ATTRIBUTE = re.compile(r'="([^"]*)"')
HOLE = re.compile(r"{{(.*?)}}")
SAFE = ("| attr", "| attr_uri", "| path", "| count", "| score", "| share")
NUMBERS = {
    "mark", "at", "most", "loop.index", "card.thumbnail.width", "card.thumbnail.height", "plot.threshold",
    "(mark - 1) * 80", "mark * 3.2", "scale", "policy", "'good' if inside else 'bad'",
    "'%.2f' | format(part.x)", "'%.2f' | format([part.w, 1.5] | max)",
}  # fmt: skip


@pytest.fixture
def out(tmp_path):
    rows = [outputs.rewritten(at, f"IMG_{at} a pear number {at}", f"a pear number {at}") for at in range(120)]
    return outputs.lay(tmp_path / "out", [rows])


def test_style_and_script_are_those_the_policy_names(out):
    report.build(str(out))
    text = (out / "report.html").read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    assert "default-src &#39;none&#39;" in policy or "default-src 'none'" in policy
    for tag in ("style", "script"):
        inner = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        assert base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode() in policy
    assert "unsafe" not in policy
    assert "http:" not in policy


def test_nothing_of_the_page_lies_elsewhere(out):
    report.build(str(out))
    text = (out / "report.html").read_text("utf-8")
    assert not re.findall(r"""(?:src|href|action|data)=["'](?!#|data:image/webp;base64,)[^"']*""", text)
    assert "@import" not in text
    assert "url(" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_what_stands_in_an_attribute_is_made_for_it(path):
    """Everything else is escaped by itself; in an attribute a line, or a number, or one of our own words has to be."""
    text = path.read_text("utf-8")
    for value in IN_ATTRIBUTE.findall(text):
        for hole in HOLE.findall(value):
            assert hole.strip().endswith(SAFE) or hole.strip() in NUMBERS, f"{path.name}: {hole}"
    unquoted = re.findall(r"=\s*{{", text)
    assert not unquoted
    assert "| safe" not in text
    assert "autoescape" not in text


@pytest.mark.parametrize("name", discovery.names(sections.KIND))
def test_each_section_has_a_template_and_a_test(name):
    assert (HOME / "sections" / f"{name}.html").is_file()
    assert (Path(__file__).parent / "sections" / f"test_{name}.py").is_file()


def test_sections_stand_in_their_order(out):
    made = sections.load(open_run(str(out)))
    orders = [section.order for section in made.values()]
    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders)
    assert next(iter(made)) == "ledger"


def test_the_lists_shrink_until_the_page_fits(out, monkeypatch):
    whole = report.build(str(out)).size_bytes
    assert whole <= page.MAX_BYTES
    cards = (out / "report.html").read_text("utf-8").count("<article")
    monkeypatch.setattr(page, "MAX_BYTES", whole // 2)
    assert report.build(str(out)).size_bytes <= whole // 2
    assert 0 < (out / "report.html").read_text("utf-8").count("<article") < cards


def test_long_texts_do_not_burst_it(tmp_path):
    rows = [outputs.rewritten(at, f"{at} " + "<&>\u202e " * 30_000, "x" * 50_000) for at in range(60)]
    done = report.build(str(outputs.lay(tmp_path / "out", [rows])))
    assert done.size_bytes <= page.MAX_BYTES


def test_lines_are_for_a_terminal(out):
    done = report.build(str(out))
    assert done.lines[0] == "Where every pair went"
    assert max(map(len, done.lines)) <= 80
    assert all(line.isprintable() for line in done.lines)
