"""No credentials of a URL get through."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.storage.redact import json_line, redact, redacted


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("s3://key:secret@bucket/a.tar", "s3://bucket/a.tar"),
        ("https://b.example/x.tar?X-Amz-Signature=abc&k=1", "https://b.example/x.tar?..."),
        ("cannot read 'ftp://u:p@h/x?y' twice", "cannot read 'ftp://h/x?...' twice"),
        ("https://u:p%40x@h/a https://t@h/b", "https://h/a https://h/b"),
        ("data/0000?.tar", "data/0000?.tar"),
        ("/home/me@work/data", "/home/me@work/data"),
        ("s3://bucket/a@b.tar", "s3://bucket/a@b.tar"),
        ("zip://x.zip::https://u:p@h/z.zip?s=1", "zip://x.zip::https://h/z.zip?..."),
    ],
)
def test_examples(text, safe):
    assert redact(text) == safe


_WORD = st.text(alphabet="abcXYZ0189_-.%", min_size=1, max_size=12)


@given(scheme=st.sampled_from(["s3", "https", "hf", "ftp"]), user=_WORD, host=_WORD, path=_WORD)
def test_a_canary_never_survives(scheme, user, host, path):
    canary = "CANARY~KEY"
    text = redact(f"read {scheme}://{user}:{canary}@{host}/{path}?sig={canary}&x=1, stop")
    assert canary not in text
    assert f"{scheme}://{host}/{path}" in text
    assert redact(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "HF_TOKEN",
        "DB_PASSWORD",
        "MY_APIKEY",
        "AZURE_STORAGE_ACCOUNT_KEY",
        "AZURE_STORAGE_CONNECTION_STRING",
        "AZURE_STORAGE_KEY",
    ],
)
def test_keys_of_the_environment_are_cut_wherever_they_stand(monkeypatch, name):
    monkeypatch.setenv(name, "sk-a+b/c=4711")
    assert redact("cannot log in with 'sk-a+b/c=4711'") == "cannot log in with '***'"
    assert redact("as sk-a%2Bb%2Fc%3D4711 in a form") == "as *** in a form"


@pytest.mark.parametrize(
    ("name", "value"), [("OPENAI_API_KEY", "EMPTY"), ("KEYBOARD", "qwertyuiop"), ("PATH", "/usr/bin:/bin")]
)
def test_ordinary_words_of_the_environment_stay(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert redact(f"read {value} again") == f"read {value} again"


def test_the_key_of_a_connection_string_is_cut_where_it_stands_alone(monkeypatch):
    told = (
        "DefaultEndpointsProtocol=https;AccountName=pairs;AccountKey=Zm9vYmFyYmF6+/Q==;EndpointSuffix=core.windows.net"
    )
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", told)
    assert redact("refused: Zm9vYmFyYmF6+/Q== at pairs") == "refused: *** at pairs"


def test_a_url_ends_where_its_string_ends():
    """A query before an escaped quote must not take the quote's backslash, or what follows, with it."""
    text = '<a href="http://img.host/a?b=1"><b>Red square</b></a>'
    told = json.loads(json_line({"text": text, "of": {"http://u:p@h/x?k=1": [text, ("s3://b/x?sig", 1, None)]}}))
    safe = '<a href="http://img.host/a?..."><b>Red square</b></a>'
    assert told == {"text": safe, "of": {"http://h/x?...": [safe, ["s3://b/x?...", 1, None]]}}


@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(), st.lists))
def test_what_is_no_url_stays_as_json_has_it(value):
    assert json.loads(json_line({"value": redacted(value)})) == {"value": redacted(value)}


def test_what_utf8_cannot_hold_is_replaced():
    assert json_line({"\udcff": "a\udcff"}) == '{"\ufffd":"a\ufffd"}'
