"""Hazard 74: 120 payloads in every field of a report run nothing, load nothing and become no markup in a real browser.

With `tests/report/payloads.py` and `hostile.py`: 120 texts in 26 fields, all at once.
"""

from __future__ import annotations

import html
import re

import pytest

from burnish import report
from tests.browser import launched, watched
from tests.report import hostile
from tests.report.payloads import CANARY, payloads

AT_ONCE = 40
"""So many flags, reasons and settings a page shows at most."""
PARTS = [payloads()[start : start + AT_ONCE] for start in range(0, len(payloads()), AT_ONCE)]


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


EVERYTHING = """async () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  document.getElementById("log").click();
  for (const each of document.querySelectorAll("a, button, input, summary, [tabindex]")) each.focus();
  for (const each of document.querySelectorAll("body *")) {
    for (const kind of ["mouseover", "mouseenter", "focus", "animationstart", "toggle", "load", "error"])
      each.dispatchEvent(new Event(kind));
  }
  for (let at = 0; at < document.documentElement.scrollHeight; at += 4000) scrollTo(0, at);
  await new Promise((done) => setTimeout(done, 300));
}"""
ATTRIBUTES = """() => [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes]
  .filter((a) => /^on|^style$|^srcdoc$|^formaction$|^ping$/i.test(a.name) || /^\\s*javascript:/i.test(a.value))
  .map((a) => `${node.tagName} ${a.name}=${a.value}`))"""
TAGS = "() => [...new Set([...document.querySelectorAll('*')].map((node) => node.tagName.toLowerCase()))]"
OURS = {
    "html", "head", "meta", "title", "style", "script", "body", "a", "header", "h1", "h2", "h3", "p", "code", "nav",
    "ul", "li", "main", "aside", "section", "div", "span", "b", "svg", "rect", "path", "g", "text", "table", "thead",
    "tbody", "tr", "th", "td", "figure", "figcaption", "label", "input", "output", "details", "summary", "article",
    "img", "bdi", "del", "ins", "mark", "kbd", "button", "pre", "dl", "dt", "dd", "footer",
}  # fmt: skip


def test_there_are_enough_of_both():
    assert len(payloads()) >= 120
    assert len(hostile.FIELDS) >= 15


@pytest.mark.parametrize("part", range(len(PARTS)))
def test_no_text_runs_loads_or_becomes_markup(part, browser, tmp_path):
    texts = PARTS[part]
    other = hostile.lay(tmp_path / "other", texts[::-1])
    out = hostile.lay(tmp_path / "<b onclick=pwn(1)>", texts)
    done = report.build(str(out), report.Wanted(compare=str(other)))
    with watched(browser, (out / "report.html").as_uri()) as seen:
        page = seen.page
        shown = page.evaluate("document.documentElement.textContent")
        page.evaluate(EVERYTHING)
        for key in "jjjkk":
            page.keyboard.press(key)
        assert seen.ran() == []
        assert seen.broken() == []
        assert [line for line in seen.said if "favicon" not in line] == []
        assert [url for url in seen.asked if not url.startswith(("file:", "data:image/webp"))] == []
        assert page.evaluate(ATTRIBUTES) == []
        assert set(page.evaluate(TAGS)) <= OURS
        assert page.evaluate("document.scripts.length") == 2
        assert page.evaluate("document.styleSheets.length") == 1
        assert page.evaluate("document.cookie") == ""
    missing = [text for text in texts if shown.count(_readable(text)[:80]) < 5]
    assert missing == [], "each has to be on the page as text, else nothing was tried"
    assert done.size_bytes <= 5_000_000


def _readable(text: str) -> str:
    """The longest run of a payload without what is marked."""
    return max(re.split("[\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text), key=len)


def test_what_would_get_through_is_stopped_by_the_policy(browser, tmp_path):
    """The second wall alone: the same payloads, not escaped at all."""
    out = hostile.lay(tmp_path / "out", PARTS[0])
    report.build(str(out))
    whole = (out / "report.html").read_text("utf-8")
    head, tail = whole.split("</main>")
    broken = tmp_path / "broken.html"
    risky = [text for text in payloads() if not text.startswith(("<plaintext", "<!--", "<frameset", "<noscript"))]
    leaves = re.compile("refresh|f[0-9]+.submit")  # leaving the page is no policy's to forbid
    broken.write_text(head + "\n".join(text for text in risky if not leaves.search(text)) + "</main>" + tail, "utf-8")
    with watched(browser, broken.as_uri()) as seen:
        seen.page.wait_for_timeout(500)
        assert seen.ran() == []
        assert len(seen.broken()) > 10
        answered = seen.page.evaluate("performance.getEntriesByType('resource').filter((e) => e.responseStatus).length")
        assert answered == 0


def test_hidden_and_turning_characters_are_seen(tmp_path):
    text = "safe\u202egnp.exe \u200bx\u2066y"
    out = hostile.lay(tmp_path / "out", [text, *PARTS[0][:9]])
    report.build(str(out))
    page = (out / "report.html").read_text("utf-8")
    assert not set("\u202e\u200b\u2066\x00\x1b\x07\x0c") & set(page)
    assert "U+202E" in page
    assert "ZWSP" in page
    assert "\\u202e" in html.unescape(page), "escaped in the JSON that is copied"


def test_the_canary_is_named_by_payloads():
    assert sum(CANARY in text for text in payloads()) > 30
