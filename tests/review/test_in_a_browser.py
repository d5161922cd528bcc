"""The review page as people use it, in a real Chromium: by keyboard alone, on a telephone, by its names for readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from burnish.review.decisions import Action, Subject
from tests.browser import Watched, watched

expect = pytest.importorskip("playwright.sync_api", reason="drives the browser: pip install playwright").expect
"""What waits in the page by itself: the page's policy allows no script that a test would wait with."""


@pytest.fixture
def seen(browser: Any, server) -> Iterator[Watched]:
    with watched(browser, server.url) as found:
        found.page.wait_for_selector("#pair-11")
        yield found


def focused(page) -> str:
    return page.evaluate("document.activeElement.id")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def standing(server, number):
    shard, ordinal = ("00000.tar", number) if number < 12 else ("00001.tar", number)
    return server.review.decisions.standing(Subject(shard, ordinal))


def test_accept_reject_edit_and_undo_by_keyboard_alone(seen, server):
    page = seen.page
    press(page, "Tab")
    assert page.evaluate("document.activeElement.textContent") == "to the pairs"
    press(page, "j")
    assert focused(page) == "pair-0"
    press(page, "a")
    page.wait_for_selector("#pair-0.is-accept")
    page.wait_for_selector("#pair-1:focus")
    press(page, "r")
    page.wait_for_selector("#pair-1.is-reject")
    page.wait_for_selector("#pair-2:focus")
    press(page, "e")
    page.wait_for_selector("#edit-2:focus")
    press(page, "End", "!", "a", "Control+Enter")
    page.wait_for_selector("#pair-2.is-edit")
    assert standing(server, 2).last.text == "A red apple number 2.!a"
    press(page, "k")
    page.wait_for_selector("#pair-2:focus")
    press(page, "u")
    page.wait_for_selector("#pair-2:not(.is-edit)")
    press(page, "u")
    page.wait_for_selector("#pair-1:not(.is-reject)")
    assert focused(page) == "pair-1"
    assert standing(server, 0).last.action is Action.ACCEPT
    assert [(standing(server, at).last, standing(server, at).version) for at in (1, 2)] == [(None, 2), (None, 2)]
    assert page.locator("#progress").text_content().startswith("1 of 20 decided · 1 accepted")
    assert seen.said == []


def test_the_text_as_found_can_be_put_back_with_one_key(seen, server):
    page = seen.page
    page.locator("#pair-13").focus()
    press(page, "o")
    page.wait_for_selector("#pair-13.is-edit")
    assert standing(server, 13).last.text == "IMG_1.JPG blue door"


def test_the_editor_can_be_left_and_its_buttons_reached_by_keyboard(seen, server):
    page = seen.page
    page.locator("#pair-12").focus()
    press(page, "e")
    page.wait_for_selector("#edit-12:focus")
    assert page.locator("#edit-12").input_value() == "A blue door 0."
    press(page, "Tab", "Tab")
    assert page.evaluate("document.activeElement.textContent") == "Text as found"
    press(page, "Enter")
    assert page.locator("#edit-12").input_value() == "IMG_0.JPG blue door"
    press(page, "Escape")
    assert focused(page) == "pair-12"
    assert standing(server, 12).version == 0


def test_filters_search_and_order_ask_anew_and_stay_after_a_reload(seen, server):
    page = seen.page
    page.select_option("[name=decision]", "rewritten")
    expect(page.locator(".card")).to_have_count(8)
    expect(page.locator("#found")).to_have_text("8 pairs")
    press(page, "Escape", "/")
    page.keyboard.type("door 5")
    expect(page.locator(".card")).to_have_count(1)
    press(page, "Escape")
    assert focused(page) == "pair-17"
    page.reload()
    page.wait_for_selector("#pair-17")
    assert page.locator(".card").count() == 1
    assert page.locator("[name=text]").input_value() == "door 5"
    page.locator("[type=reset]").click()
    expect(page.locator(".card")).to_have_count(20)
    page.select_option("[name=order]", "best")
    expect(page.locator(".card").first).to_have_attribute("id", "pair-12")
    page.fill("[name=high]", "3.1")
    expect(page.locator(".card")).to_have_count(2)
    assert seen.said == []


def test_two_reviewers_at_one_pair(seen, server, browser):
    """The slower one is told who was faster, sees the pair as it is, and can decide over it knowingly."""
    ben = seen.page
    with watched(browser, server.url) as other:
        ada = other.page
        ada.wait_for_selector("#pair-4")
        ada.fill("#by", "Ada <b>")
        ada.locator("#pair-4").focus()
        press(ada, "a")
        ada.wait_for_selector("#pair-4.is-accept")
    ben.locator("#pair-4").focus()
    press(ben, "r")
    told = ben.locator("#pair-4 .conflict")
    told.wait_for()
    assert told.text_content().startswith("Ada <b> accepted this pair meanwhile. Nothing of yours was stored.")
    assert ben.locator("#pair-4").get_attribute("class") == "card is-accept"
    assert focused(ben) == "pair-4"
    assert standing(server, 4).version == 1
    press(ben, "r")
    ben.wait_for_selector("#pair-4.is-reject")
    assert (standing(server, 4).version, len(standing(server, 4).events)) == (2, 2)
    assert [line for line in seen.said if "409" not in line] == []


def test_details_and_agreement_are_shown(seen, server):
    page = seen.page
    page.locator("#pair-12").focus()
    press(page, "a")
    page.wait_for_selector("#pair-12.is-accept")
    page.locator("#pair-12").focus()
    press(page, "d")
    page.wait_for_selector("#pair-12 .all")
    assert '"decision": "rewritten"' in page.locator("#pair-12 pre").text_content()
    page.locator("#agreement summary").click()
    page.wait_for_selector("#figures table")
    assert "agree on 1 of 1 pairs" in page.locator("#figures").text_content()


def test_a_server_that_is_gone_is_told_and_nothing_seems_decided(seen, server):
    page = seen.page
    page.route("**/decision", lambda route: route.abort())
    page.locator("#pair-0").focus()
    press(page, "a")
    expect(page.locator("#said")).to_contain_text("does not answer")
    assert page.locator("#pair-0").get_attribute("class") == "card"
    assert focused(page) == "pair-0"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme, browser, server):
    for number, action in ((0, "accept"), (1, "reject")):
        server.decide(number, action, 0, by="Ada")
    server.decide(12, "edit", 0, text="A blue door, open.")
    with watched(browser, server.url, color_scheme=scheme, bypass_csp=True) as seen:
        page = seen.page
        page.wait_for_selector("#pair-13")
        page.locator("#pair-13").focus()
        press(page, "d", "e")
        page.wait_for_selector("#edit-13")
        page.wait_for_selector("#pair-13 .all")
        page.locator("#agreement summary").click()
        page.locator("#exports summary").click()
        page.wait_for_selector("#figures table")
        assert seen.serious() == []


def test_a_telephone_needs_no_scrolling_to_the_side(browser, server):
    server.decide(12, "edit", 0, text="A_blue_door_with_a_very_long_name_and_no_space_in_it_at_all." * 3)
    with watched(browser, server.url, viewport={"width": 360, "height": 740}, has_touch=True) as seen:
        page = seen.page
        page.wait_for_selector("#pair-13")
        page.locator("#filters summary").tap()
        page.locator("#pair-12 [data-do=details]").tap()
        page.wait_for_selector("#pair-12 .all")
        page.locator("#agreement summary").tap()
        page.wait_for_selector("#figures table")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.locator("#pair-13 [data-do=accept]").tap()
        page.wait_for_selector("#pair-13.is-accept")
        buttons = page.locator("#pair-14 button:not([hidden])")
        assert min(buttons.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().height)")) >= 32


def test_what_is_shown_has_names_for_those_who_do_not_see_it(seen):
    page = seen.page
    names = page.evaluate("""() => [...document.querySelectorAll("#form input, #form select, #by, button, progress")]
      .filter((n) => n.getClientRects().length)
      .filter((n) => !(n.labels && n.labels.length) && !n.textContent.trim() && !n.getAttribute("aria-label"))
      .map((n) => n.outerHTML)""")
    assert names == []
    assert page.locator("#said").get_attribute("role") == "status"
    assert page.locator("#pair-0").get_attribute("aria-label") == "Pair 000000000, not decided"
    assert page.locator("#pair-0 img").get_attribute("alt") == "Picture of pair 000000000"
    assert page.locator("#pair-0 [data-do=accept]").get_attribute("aria-keyshortcuts") == "a"
