"""A report of the bundled sample as people use it: by keyboard, on a telephone, without scripts, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from burnish import report
from tests.browser import Watched, watched
from tests.cli.calls import call


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of the demo."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    assert call("demo", "-o", folder, "-q").code == 0
    report.build(str(folder / "out"))
    return Path(folder / "out" / "report.html").as_uri()


@pytest.fixture
def seen(browser: Any, page: str) -> Iterator[Watched]:
    with watched(browser, page) as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme, browser, page):
    with watched(browser, page, color_scheme=scheme, bypass_csp=True) as seen:
        seen.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert seen.serious() == []


def test_it_asks_for_nothing_and_complains_of_nothing(seen, page):
    assert seen.said == []
    assert [url for url in seen.asked if url != page and not url.startswith("data:image/webp")] == []
    assert seen.broken() == []


def test_a_telephone_needs_no_scrolling_to_the_side(browser, page):
    with watched(browser, page, viewport={"width": 360, "height": 740}) as seen:
        seen.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert seen.page.evaluate("document.documentElement.scrollWidth") == 360
        small = "() => [...document.querySelectorAll('p, td, th, dd, li')].filter((n) => n.getClientRects().length &&"
        assert seen.page.evaluate(small + " parseFloat(getComputedStyle(n).fontSize) < 10.5).length") == 0


def test_by_keyboard_from_pair_to_pair_and_into_its_json(seen):
    page = seen.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "to the report"
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.evaluate("[...document.querySelectorAll('.card')].indexOf(document.activeElement)")
    assert second == 1
    page.keyboard.press("k")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "why"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "copy"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.textContent !== 'copy'")
    said = page.evaluate("document.activeElement.parentElement.querySelector('pre').textContent")
    assert '"key": "' in said
    assert '"captions": [' in said


def test_j_opens_the_list_that_comes_next(seen):
    page = seen.page
    first = page.evaluate("document.querySelector('details.list').querySelectorAll('.card').length")
    for _ in range(first + 1):
        page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('details.list').id") == "worst"
    assert page.evaluate("document.getElementById('worst').open")


def test_the_slider_counts_again(seen):
    page = seen.page
    slider, told = page.locator("#threshold"), page.locator("#told")
    assert page.locator("#at-threshold").text_content() == "3.00"
    here = told.text_content()
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert page.locator("#at-threshold").text_content() == "3.50"
    assert told.text_content() != here
    assert told.text_content().endswith("rewritten")
    row = page.locator("tr", has=page.locator("th", has_text="3.50")).first
    below = row.locator("td").first.text_content()
    assert told.text_content().startswith(f"{below} pairs")


def test_without_scripts_everything_is_there(browser, page):
    with watched(browser, page, java_script_enabled=False) as seen:
        assert seen.page.locator("#slide").is_hidden()
        assert seen.page.locator("table", has_text="pairs below").is_visible()
        assert seen.page.locator(".copy").first.is_hidden()
        seen.page.locator("summary", has_text="Worst").click()
        assert seen.page.locator("#worst .card").first.is_visible()
        assert seen.page.locator(".log").first.is_hidden()
        seen.page.locator("#log").check()
        assert seen.page.locator(".log").first.is_visible()


def test_it_prints(browser, page):
    with watched(browser, page) as seen:
        assert len(seen.page.pdf(format="A4")) > 100_000
        seen.page.emulate_media(media="print")
        assert seen.page.locator("nav").is_hidden()
        assert seen.page.locator("#slide").is_hidden()
        assert seen.page.locator(".equation").is_visible()
