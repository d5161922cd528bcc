"""Addresses to listen on and names in Host headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.errors import UsageError
from burnish.web.binding import Bind, name_of
from burnish.web.guards import Guards, Limits


@pytest.mark.parametrize(
    ("text", "host", "port", "loopback"),
    [
        ("8000", "127.0.0.1", 8000, True),
        ("127.0.0.1:0", "127.0.0.1", 0, True),
        ("127.9.9.9:1", "127.9.9.9", 1, True),
        ("localhost:65535", "localhost", 65535, True),
        ("[::1]:80", "::1", 80, True),
        ("0.0.0.0:80", "0.0.0.0", 80, False),
        ("[::]:80", "::", 80, False),
        ("192.168.1.2:80", "192.168.1.2", 80, False),
        ("[::ffff:192.168.1.2]:80", "::ffff:192.168.1.2", 80, False),
    ],
)
def test_addresses_are_read(text, host, port, loopback):
    bind = Bind.parse(text)
    assert (bind.host, bind.port, bind.is_loopback) == (host, port, loopback)


NO_ADDRESSES = [
    "", ":", "127.0.0.1", "127.1:80", "0:80", "2130706433:80", "example.org:80", "127.0.0.1:65536", "127.0.0.1:-1",
    "127.0.0.1:80x", "[::1:80", "::1:80:x", "::1:80", "localhost.example.org:80", "[fe80::1%eth0]:80", "127.0.0.1:²",
    "1:" + "9" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("text", NO_ADDRESSES, ids=range(len(NO_ADDRESSES)))
def test_what_is_no_address_is_refused(text):
    with pytest.raises(UsageError, match="Example: --bind"):
        Bind.parse(text)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_usage_error(text):
    try:
        bind = Bind.parse(text)
    except UsageError:
        return
    assert Bind.parse(f"[{bind.host}]:{bind.port}" if ":" in bind.host else f"{bind.host}:{bind.port}") == bind


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("127.0.0.1:8000", "127.0.0.1"),
        ("LocalHost", "localhost"),
        ("[::1]:8000", "::1"),
        ("example.org:80", "example.org"),
        ("a:b", ""),
        ("a:1:2", ""),
        ("[::1", ""),
        ("[::1]x", ""),
        ("[x]:1", ""),
        ("", ""),
    ],
)
def test_the_name_in_a_host_header(header, name):
    assert name_of(header) == name


def test_guards_need_a_token_where_others_can_come():
    with pytest.raises(UsageError, match="no token"):
        Guards(bind=Bind(host="0.0.0.0"))
    assert "sixteen" not in repr(Guards(bind=Bind(host="0.0.0.0"), token="sixteen-characters"))


@pytest.mark.parametrize("wrong", [{"max_body_bytes": 0}, {"idle_s": 0}, {"requests_per_s": float("nan")}])
def test_limits_must_hold_something(wrong):
    with pytest.raises(UsageError):
        Limits(**wrong)
