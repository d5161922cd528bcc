"""Tokens come from a file or the environment, and nothing shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.errors import UsageError
from burnish.web.secrets import TOKEN_VARIABLE, same, session, token

GOOD = "0123456789abcdef"


def test_a_file_goes_before_the_environment(tmp_path, monkeypatch):
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    assert token() == ""
    monkeypatch.setenv(TOKEN_VARIABLE, GOOD)
    assert token() == GOOD
    (tmp_path / "token").write_text(f"{GOOD}-of-the-file\n")
    assert token(str(tmp_path / "token")) == f"{GOOD}-of-the-file"


@pytest.mark.parametrize("content", [b"", b"short", b"fifteen-charact", b"with a space in it all", b"\xff" * 20])
def test_a_weak_or_broken_token_is_refused_without_being_shown(tmp_path, content):
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        token(str(file))
    assert content.decode("latin-1") not in str(refused.value) or not content


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(UsageError, match="token_urlsafe"):
        token(str(tmp_path / "none"))


@given(st.text(), st.text())
def test_only_the_same_token_is_the_same(one, other):
    assert same(one, other) == (one.encode("utf-8", "replace") == other.encode("utf-8", "replace"))


def test_a_session_is_made_from_the_token_and_does_not_hold_it():
    assert session(GOOD) == session(GOOD) != session(GOOD + "x")
    assert GOOD not in session(GOOD)
