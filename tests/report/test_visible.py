"""Strangers' texts on a page: escaped, nothing hidden, nothing that ends an attribute."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.report import visible
from burnish.texts import unseen
from tests.report.payloads import payloads

TEXTS = st.text(st.characters(codec="utf-8"), max_size=80)
TAGS = re.compile(r"</?(?:span|del|ins)(?: class=\w+)?>")


def stripped(markup: str) -> str:
    """What a reader sees, marks taken out."""
    return html.unescape(TAGS.sub("", re.sub(r"<span class=u>.*?</span></span>", "", markup)))


@given(TEXTS)
def test_all_is_there_and_nothing_else_is_markup(text):
    shown = str(visible.visible(text))
    hidden = set(unseen(text))
    assert stripped(shown) == "".join(letter for at, letter in enumerate(text) if at not in hidden)
    assert "<" not in TAGS.sub("", shown)


@given(TEXTS, TEXTS)
def test_a_diff_holds_both_texts(before, after):
    shown = str(visible.word_diff(before, after))
    assert "<" not in TAGS.sub("", shown)
    kept = re.sub(r"<del>.*?</del>", "", shown, flags=re.DOTALL)
    hidden = set(unseen(after))
    assert stripped(kept) == "".join(letter for at, letter in enumerate(after) if at not in hidden)


def test_words_that_stay_stay():
    shown = visible.word_diff("Clipart by Nicu Buculei - compact_disc", "compact disc")
    assert shown == "<del>Clipart by Nicu Buculei - </del>compact<del>_</del><ins> </ins>disc"


@pytest.mark.parametrize("text", payloads())
def test_payloads_in_attributes_and_json(text):
    assert not set(visible.in_attribute(text)) & set("\"'<>\n\u202e\x1b")
    written = visible.as_json({text: [text, {"x": text}]})
    assert not set(written) & set("<>\u202e\u2066\x1b")
    assert json.loads(html.unescape(written)) == {text: [text, {"x": text}]}


def test_a_query_before_a_quote_does_not_break_the_json():
    text = '<a href="http://img.host/a?b=1"><b>Red square</b></a>'
    told = json.loads(visible.json_text({"text": text, "near": text}))
    assert told["text"] == told["near"] == text.replace("b=1", "...")
    assert json.loads(html.unescape(visible.as_json({"text": text}))) == {"text": told["text"]}


def test_marks_hold_no_quotes():
    """By mistake in an attribute they could not end it."""
    assert not set(visible.visible("a\u202eb\u200b\u200bc\x1b")) & set("\"'")


def test_hidden_characters_are_named_and_counted():
    shown = visible.visible("a\u200b\u200b\u200bb\u202e\x00")
    assert "ZWSP x 3" in shown
    assert "U+202E" in shown
    assert "right-to-left override" in shown
    assert "NUL" in shown


def test_writing_that_needs_joiners_keeps_them():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert visible.visible(family) == family


def test_long_texts_are_cut_and_it_is_said():
    shown = visible.visible("word " * 1_000)
    assert len(shown) < 800
    assert "4,400 more characters" in shown
    told = json.loads(html.unescape(visible.as_json({"t": "x" * 5_000})))
    assert told["t"].endswith("3,000 more characters")


def test_keys_of_the_environment_are_cut(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "canary-key-1234567")
    text = "see canary-key-1234567 and s3://me:word@bucket/x?sig=1"
    shown = [visible.visible(text), visible.word_diff(text, text), visible.as_json({"x": text})]
    shown.append(visible.in_attribute(text))
    assert not any(secret in each for each in shown for secret in ("canary-key", "word@", "sig=1"))


def test_a_text_of_nothing_but_hidden_characters_stays_short():
    assert len(visible.visible("\u200b\u202e" * 5_000)) < 20_000


def test_parts_are_the_diff_for_a_script_that_writes_text():
    found, more = visible.parts("a red\u200b apple", "a green apple")
    assert more == 0
    assert "".join(text for tag, text, _ in found if tag != "del") == "a green apple"
    assert ["del", "ZWSP", "zero width space"] in found
    assert [tag for tag, _, _ in found].count("ins") == 1
    whole = "".join(f"<{tag}>{text}</{tag}>" if tag else text for tag, text, _ in visible.parts("a b", "a c")[0])
    assert whole == str(visible.word_diff("a b", "a c"))


def test_long_parts_are_cut_and_it_is_said():
    found, more = visible.parts("word " * 1_000, "word " * 1_000)
    assert (sum(len(text) for _, text, _ in found), more) == (visible.MAX_CHARS, 5_000 - visible.MAX_CHARS)


def test_plain_text_names_what_nobody_sees(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "canary-key-1234567")
    assert visible.plain("a\u202eb <b>") == "a<U+202E>b <b>"
    assert visible.plain("x" * 900).endswith("x\u2026")
    assert "canary" not in visible.plain("see canary-key-1234567")
    assert "canary" not in str(visible.parts("see canary-key-1234567", "")[0])
