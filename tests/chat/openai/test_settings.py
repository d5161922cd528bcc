"""Options are checked before anything is asked; the key is never one of them."""

import pytest

from burnish.chat.openai import settings
from burnish.errors import UsageError

HERE = {"base_url": "http://localhost:8000/v1"}


def test_the_address_comes_from_the_option_or_the_environment():
    assert settings.read({}, {"OPENAI_BASE_URL": "http://a:1/v1/"}).base_url == "http://a:1/v1"
    assert (
        settings.read({"base_url": "http://b:1/v1"}, {"OPENAI_BASE_URL": "http://a:1/v1"}).base_url == "http://b:1/v1"
    )
    assert settings.read({"base_url": "http://b:1/v1/chat/completions"}, {}).base_url == "http://b:1/v1"


def test_without_an_address_the_message_says_where_to_put_it():
    with pytest.raises(UsageError, match="OPENAI_BASE_URL"):
        settings.read({}, {})


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://a/v1", "http://", "http://a:99999/v1", "http://[::1/v1"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(UsageError, match="no address"):
        settings.read({"base_url": url}, {})


@pytest.mark.parametrize("url", ["http://me:secret@a/v1", "https://a/v1?key=secret", "https://a/v1#secret"])
def test_secrets_in_the_address_are_refused_and_not_repeated(url):
    with pytest.raises(UsageError) as caught:
        settings.read({"base_url": url}, {})
    assert "secret" not in str(caught.value)


def test_an_unknown_option_gets_the_nearest_name():
    with pytest.raises(UsageError, match="Did you mean 'concurrency'"):
        settings.read({**HERE, "concurency": "8"}, {})


def test_a_key_is_no_option_and_is_not_repeated():
    with pytest.raises(UsageError, match="export OPENAI_API_KEY") as caught:
        settings.read({**HERE, "api_key": "sk-secret"}, {})
    assert "sk-secret" not in str(caught.value)


def test_a_key_with_characters_no_header_may_have_is_refused_without_showing_it():
    with pytest.raises(UsageError) as caught:
        settings.key({"OPENAI_API_KEY": "sk-a\nb"})
    assert "sk-a" not in str(caught.value)
    assert settings.key({"OPENAI_API_KEY": " sk-a\n"}) == "sk-a"
    assert settings.key({}) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("concurrency", "0"),
        ("concurrency", "many"),
        ("concurrency", "1.5"),
        ("timeout_s", "nan"),
        ("timeout_s", "inf"),
        ("jpeg_quality", "101"),
        ("image_format", "gif"),
        ("choose", "guess"),
        ("extra", "[1]"),
        ("extra", "{"),
    ],
)
def test_values_that_cannot_be_are_refused_by_name(name, value):
    with pytest.raises(UsageError, match=name):
        settings.read({**HERE, name: value}, {})


def test_values_have_the_type_of_their_default():
    read = settings.read({**HERE, "timeout_s": "7", "samples": "3", "extra": '{"top_k": 5}'}, {})
    assert (read.timeout_s, read.samples, read.more) == (7.0, 3, {"top_k": 5})
    assert isinstance(read.timeout_s, float)
