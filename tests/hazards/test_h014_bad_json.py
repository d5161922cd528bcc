"""Hazard 14: json that is not sound: the pair stays if its text lives elsewhere, and the raw bytes are kept."""

import base64
import json

import pytest

from burnish.stores._strict_json import StrictJsonError, parse
from burnish.stores._tar.build import _parse_usual
from burnish.stores.webdataset import WebDatasetStore
from burnish.values import Reason
from tests.builders import jpeg
from tests.stores._tar.shards import pairs, read, rows, tar_bytes
from tests.stores.forms import contents, copy

BAD = {
    "empty": b"",
    "cut": b'{"caption": "a',
    "nan": b'{"caption": "a", "score": NaN}',
    "twice": b'{"score": 1, "score": 5}',
    "twice_nested": b'{"a": {"b": 1, "b": 2}}',
    "deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "long_number": b'{"n": ' + b"9" * 5000 + b"}",
    "beyond_float": b'{"n": 1e999}',
    "array": b"[1, 2]",
    "bytes": b'{"a": "\xff"}',
    "single": b"{'caption': 'a'}",
}


@pytest.mark.parametrize("how", BAD)
def test_the_pair_stays_if_its_text_is_elsewhere(how, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    items = read(tar_bytes([("a.jpg", jpeg()), ("a.json", BAD[how]), ("a.txt", b"text")]), source)
    (pair,) = pairs(items)
    assert not rows(items)
    assert (pair.text, dict(pair.fields)) == ("text", {})
    assert "bad_json" in pair.flags
    copy(WebDatasetStore(str(source)), tmp_path / "out")
    (written,) = pairs(read(contents(tmp_path / "out")["00000.tar"], tmp_path))
    assert written.fields["json_original_base64"] == base64.b64encode(BAD[how]).decode()


@pytest.mark.parametrize("how", BAD)
def test_it_goes_to_quarantine_if_its_text_would_be_there(how, tmp_path):
    items = read(tar_bytes([("a.jpg", jpeg()), ("a.json", BAD[how])]), tmp_path)
    assert [row.reason for row in rows(items)] == [Reason.BAD_JSON]
    assert not pairs(items)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"caption": "a", "n": 1, "x": 0.25, "none": null, "yes": true}',
        b'\xef\xbb\xbf{"caption": "a"}',
        b'{"exif": "{\\"a\\": \\"b\\"}", "u": "\\u00fc"}',
        b'{"n": 123456789012345678901234567890}',
        b'{"x": 12345678901234567.0}',
        b'{"list": ["a", "a"], "deep": {"a": {"a": 1}}}',
        b'{"lone": "\\ud800"}',
        b"{}",
    ],
)
def test_sound_json_comes_as_it_is(raw, tmp_path):
    (pair,) = pairs(read(tar_bytes([("a.jpg", jpeg()), ("a.json", raw), ("a.txt", b"t")]), tmp_path))
    assert pair.flags == ()
    assert pair.fields == json.loads(raw.removeprefix(b"\xef\xbb\xbf"))


@pytest.mark.parametrize("how", [*BAD, "spaced"])
def test_the_short_way_never_takes_what_the_strict_parser_refuses(how):
    raw = {**BAD, "spaced": b'{"a": 1, "a" : 2, "b": 3}'}[how]
    with pytest.raises(StrictJsonError):
        parse(raw)
    assert _parse_usual(raw) is None
