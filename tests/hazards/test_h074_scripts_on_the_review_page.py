"""Hazard 74: 120 payloads in every field and in edits run and load nothing on the review page in a real browser."""

from __future__ import annotations

import re

import pytest

from tests.browser import launched, watched
from tests.hazards.test_h074_scripts_on_a_page import ATTRIBUTES, TAGS
from tests.report import hostile
from tests.report.payloads import payloads
from tests.review.served import served

expect = pytest.importorskip("playwright.sync_api", reason="drives the browser: pip install playwright").expect
AT_ONCE = 40
PARTS = [payloads()[start : start + AT_ONCE] for start in range(0, len(payloads()), AT_ONCE)]
OURS = {
    "html", "head", "meta", "title", "link", "script", "body", "a", "header", "div", "h1", "h2", "label", "input", "p",
    "progress", "span", "main", "details", "summary", "form", "select", "option", "fieldset", "legend", "button",
    "section", "ul", "li", "code", "kbd", "article", "img", "bdi", "del", "ins", "b", "table", "thead",
    "tbody", "tr", "th", "td", "caption", "pre", "textarea",
}  # fmt: skip
POKE = """async () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  for (const each of document.querySelectorAll("body *"))
    for (const kind of ["mouseover", "mouseenter", "focus", "animationstart", "toggle", "load"])
      each.dispatchEvent(new Event(kind));
  for (let at = 0; at < document.documentElement.scrollHeight; at += 4000) scrollTo(0, at);
  await new Promise((done) => setTimeout(done, 300));
}"""


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


@pytest.mark.parametrize("part", range(len(PARTS)))
def test_no_text_runs_loads_or_becomes_markup(part, browser, tmp_path):
    texts = PARTS[part]
    out = hostile.lay(tmp_path / "<b onclick=pwn(1)>", texts)
    with served(out) as server:
        for number, text in enumerate(texts):
            assert server.decide(number, "edit", 0, text=f"{text} 4", by=text[:60])[0] == 200
        address = f"{server.url}/#text=%3Cimg%20src%3Dx%20onerror%3Dpwn(0)%3E&verdict=<script>&x=<b>"
        with watched(browser, address) as seen:
            page = seen.page
            expect(page.locator("#found")).to_contain_text("pair")
            page.locator("[type=reset]").click()
            expect(page.locator(".card")).to_have_count(len(texts))
            for number in range(0, len(texts), 4):
                page.locator(f"#pair-{number}").focus()
                page.keyboard.press("d")
                page.wait_for_selector(f"#pair-{number} .all")
            page.locator("#pair-1").focus()
            page.keyboard.press("e")
            page.wait_for_selector("#edit-1")
            assert page.locator("#edit-1").input_value() == f"{texts[1]} 2".replace("\r", "\n")
            server.decide(2, "reject", 1, by=texts[2][:60])
            page.locator("#pair-2").focus()
            page.keyboard.press("a")
            page.wait_for_selector("#pair-2 .conflict")
            page.locator("#agreement").evaluate("(each) => { each.open = true; }")
            page.wait_for_selector("#figures table")
            shown = page.evaluate("document.documentElement.textContent")
            page.evaluate(POKE)
            assert seen.ran() == []
            assert seen.broken() == []
            # The conflict, and pictures whose names no tar could hold.
            assert [line for line in seen.said if not re.search(r"status of (409|404)", line)] == []
            assert [url for url in seen.asked if not url.startswith(server.url)] == []
            # What can be chosen from stands in `value`, which is no address.
            assert [each for each in page.evaluate(ATTRIBUTES) if not each.startswith("OPTION value=")] == []
            assert set(page.evaluate(TAGS)) <= OURS
            assert page.evaluate("document.scripts.length") == 1
            assert page.evaluate("document.styleSheets.length") == 2
            assert page.evaluate("document.cookie") == ""
    missing = [text for text in texts if shown.count(_readable(text)[:80]) < 5]
    assert missing == [], "each has to be on the page as text, else nothing was tried"


def test_what_nobody_would_see_is_named(browser, tmp_path):
    out = hostile.lay(tmp_path / "out", ["safe\u202egnp.exe \u200bx\u2066y", *PARTS[0][:9]])
    with served(out) as server, watched(browser, server.url) as seen:
        seen.page.wait_for_selector("#pair-0")
        seen.page.locator("#pair-0").focus()
        seen.page.keyboard.press("d")
        seen.page.wait_for_selector("#pair-0 .all")
        card = seen.page.locator("#pair-0").evaluate("(each) => each.outerHTML")
        assert not set("\u202e\u200b\u2066") & set(card)
        assert "U+202E" in card
        assert "\\u202e" in card, "escaped in the JSON"


def _readable(text: str) -> str:
    """The longest run of a payload without what is marked."""
    return max(re.split("[\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text), key=len)
