import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.stores._strict_json import StrictJsonError, dumps, parse, splice

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=5)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b'{"score": 1, "score": 5}', "'score' occurs twice"),
        (b'{"a": {"b": 1, "b": 2}}', "'b' occurs twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b'{"a": 1e999}', "range"),
        (b'{"a": ' + b"9" * 5000 + b"}", "5000 digits"),
        (b'{"a": ' + b"[" * 100_000, "nested"),
        (b'{"a": ' + b'{"a":' * 70 + b"1" + b"}" * 71, "nested"),
        (b"[1]", "an array"),
        (b"null", "null"),
        (b'{"a": "\xff"}', "UTF-8 at byte 7"),
        (b'{"a": 1} {"b": 2}', "not JSON"),
        (b'{"a": "' + b"x" * 100 + b'"}', "bytes, more than 90"),
    ],
)
def test_refuses_what_is_not_one_strict_object(raw, why):
    limit = 90 if "90" in why else 1 << 20
    with pytest.raises(StrictJsonError, match=why):
        parse(raw, max_bytes=limit)


def test_takes_byte_order_mark_and_brackets_inside_strings():
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert parse(b'{"a": "' + b"[" * 500 + b'\\""}') == {"a": "[" * 500 + '"'}


def test_an_unclosed_string_full_of_escaped_quotes_is_refused_in_linear_time():
    with pytest.raises(StrictJsonError):
        parse(b'{"a":' * 65 + b'"' + b'\\"' * 500_000)


def test_splice_leaves_all_other_bytes():
    raw = b'\xef\xbb\xbf{ "n":1.0,\t"caption" : "old \\u00e9", "big": 12345678901234567890, "e": 1e5 }\r'
    done = splice(raw, {"caption": "new \u2028 é", "ours": 0.5})
    assert done == (
        b'\xef\xbb\xbf{ "n":1.0,\t"caption" : "new \\u2028 \xc3\xa9", "big": 12345678901234567890, "e": 1e5, '
        b'"ours": 0.5 }\r'
    )
    assert splice(b"{}", {"a": 1}) == b'{"a": 1}'
    assert splice(raw, {}) is raw


@pytest.mark.parametrize(
    ("raw", "done"),
    [
        (b'{"\\u0061": 1, "b": "\\u00e9"}', b'{"\\u0061": 2, "b": "\\u00e9"}'),
        (b'{"b": "a"}', b'{"b": "a", "a": 2}'),
        (b'{"b": {"a": 1} }\n', b'{"b": {"a": 1}, "a": 2 }\n'),
        (b'{"b": "\\u00e9{"\n}', b'{"b": "\\u00e9{", "a": 2\n}'),
        (b"{ }", b'{"a": 2 }'),
    ],
)
def test_splice_finds_a_key_however_it_is_spelt_and_only_there(raw, done):
    assert splice(raw, {"a": 2}) == done


@given(OBJECTS, OBJECTS, st.sampled_from([None, 1]), st.booleans())
def test_splice_equals_update(before, changes, indent, ascii_only):
    raw = json.dumps(before, indent=indent, ensure_ascii=ascii_only).encode()
    assert list(parse(splice(raw, changes)).items()) == list((before | changes).items())


@given(st.text())
def test_written_text_never_breaks_a_line(text):
    assert len(dumps(text).splitlines()) == 1
