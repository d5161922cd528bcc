"""`decode`, `storable`, `look`, `cut` and `terminal`: what holds for every text."""

import base64
import json
import unicodedata

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnish.texts import FLAGS, MAX_CHARS, cut, decode, look, storable, terminal
from tests.zoo.texts import FAMILY, GERMANY, GOOD, KEYCAP, SCOTLAND, WAVE, mixtures

anything = st.text(alphabet=st.characters(codec=None), max_size=200) | st.sampled_from(list(mixtures(300, seed=1)))


def may_be_seen(text):
    return not any(
        (unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t") or c in "\u202a\u202b\u202c\u202d\u202e"
        for c in text
    )


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_decoding_loses_no_byte(raw):
    text = decode(raw)
    assert text.encode("utf-8", "surrogateescape") == raw
    kept, original = storable(text)
    kept.encode()  # would raise
    assert base64.b64decode(original) == (raw if original else b"")
    assert bool(original) == (kept != text)


@settings(deadline=None)
@given(anything)
def test_what_is_storable_can_be_stored(text):
    kept, original = storable(text)
    assert json.loads(orjson.dumps(kept)) == kept
    assert pa.array([kept]).to_pylist() == [kept]
    assert len(kept) == len(text)
    assert all(b in {a, "\ufffd"} for a, b in zip(text, kept, strict=True))
    assert storable(kept) == (kept, "")
    assert original.isascii()


def test_storable_keeps_everything_that_is_only_ugly():
    ugly = "\0\x1b[31m\u202e\u200b\ufeff\ufffe"
    assert storable(ugly) == (ugly, "")


def test_mixed_surrogates_come_back_as_bytes():
    assert storable("a\udcff\ud800b") == ("a\ufffd\ufffdb", base64.b64encode(b"a\xff\xed\xa0\x80b").decode())


@settings(deadline=None)
@given(anything, st.integers(1, 300), st.booleans())
def test_a_view_is_clean_bounded_and_stable(text, max_chars, entities):
    view = look(text, max_chars, entities=entities)
    assert len(view.clean) <= max_chars
    assert may_be_seen(view.clean)
    assert view.clean == view.clean.strip()
    assert view.flags == tuple(f for f in FLAGS if f in view.flags)
    assert ("empty" in view.flags) == (view.clean == "")
    if not entities:
        again = look(view.clean, max_chars)
        assert again.clean == view.clean
        assert not {"control_characters", "ansi_escape", "bidi_control", "too_long"} & set(again.flags)


@settings(deadline=None)
@given(anything)
def test_terminal_is_one_safe_line(text):
    line = terminal(text, 60)
    assert len(line) <= 61
    assert line.isprintable() or all(c.isprintable() or unicodedata.category(c) in {"Cf", "Co", "Cn"} for c in line)
    assert "\n" not in line
    assert "\x1b" not in line


@pytest.mark.parametrize("text", GOOD)
def test_good_texts_are_seen_as_they_are(text):
    view = look(text)
    assert view.clean == text
    assert not set(view.flags) - {"digits_only"}


@pytest.mark.parametrize(
    "cluster",
    [FAMILY, SCOTLAND, WAVE, GERMANY, KEYCAP, "e\u0301\u0302", "\u0915\u094d\u0937\u093f", "\u1100\u1161\u11a8"],
)
def test_clusters_are_never_split(cluster):
    for max_chars in range(1, 40):
        kept = cut("ab" + cluster * 5, max_chars)
        assert len(kept) <= max_chars
        if max_chars >= 2:
            whole, rest = divmod(len(kept) - 2, len(cluster))
            assert rest == 0
            assert kept == "ab" + cluster * whole


def test_an_endless_cluster_is_split_all_the_same():
    assert len(cut("a" + "\u0301" * 1_000, 200)) == 200


def test_the_budget_is_kept_by_default():
    view = look("word " * 10_000)
    assert view.flags == ("too_long",)
    assert MAX_CHARS - 1 <= len(view.clean) <= MAX_CHARS


def test_cutting_may_leave_no_hidden_rest():
    assert look("ab" + FAMILY, 4).clean == "ab"
