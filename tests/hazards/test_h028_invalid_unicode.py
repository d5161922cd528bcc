"""Hazard 28: bytes that are no text are replaced for the model, flagged, and kept."""

import base64

import pytest

from burnish.texts import decode, look, storable
from tests.zoo.texts import mixtures

LATIN_1 = "Bär über Fluß".encode("latin-1")


def test_invalid_bytes_are_replaced_for_the_model_and_kept_for_us():
    text = decode(LATIN_1)
    view = look(text)
    assert view.clean == "B\ufffdr \ufffdber Flu\ufffd"
    assert view.flags == ("invalid_unicode",)
    stored, original = storable(text)
    assert stored == view.clean
    assert base64.b64decode(original) == LATIN_1


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_lone_surrogates_of_a_json_escape(code):
    lone = chr(code)
    assert look(f"a{lone}b").clean == "a\ufffdb"
    assert storable(f"a{lone}b")[1] == base64.b64encode(b"a" + lone.encode("utf-8", "surrogatepass") + b"b").decode()


@pytest.mark.parametrize("character", ["\ufffe", "\uffff", "\ufdd0", "\ufdef"])
def test_noncharacters_are_stored_but_not_shown(character):
    assert look(f"a{character}b").clean == "a\ufffdb"
    assert storable(f"a{character}b") == (f"a{character}b", "")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be-bom"])
def test_utf_16_is_read(encoding):
    raw = "grüße".encode("utf-16") if encoding == "utf-16" else b"\xfe\xff" + "grüße".encode("utf-16-be")
    view = look(decode(raw))
    assert view.clean == "grüße"
    assert view.flags == ("utf16",)


def test_what_only_looks_like_utf_16_is_shown_as_invalid():
    assert "invalid_unicode" in look(decode(b"\xff\xfeabc")).flags


def test_a_byte_order_mark_is_kept_hidden_and_flagged():
    text = decode(b"\xef\xbb\xbfA dog")
    assert text == "\ufeffA dog"
    assert look(text).clean == "A dog"
    assert look(text).flags == ("byte_order_mark",)


def test_20000_mixtures_have_a_view_and_a_stored_form():
    for text in mixtures(20_000, seed=28):
        view = look(text, 300, entities=len(text) % 2 == 0)
        view.clean.encode()
        stored, original = storable(text)
        assert bool(original) == any("\ud800" <= c <= "\udfff" for c in text)
        stored.encode()
