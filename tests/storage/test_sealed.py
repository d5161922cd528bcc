"""Sealed JSON finds every change of its bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.storage.sealed import DamagedError, seal, unseal

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
_CONTENT = st.dictionaries(st.text(max_size=8).filter(lambda key: key != "sha256"), _JSON, max_size=5)


@given(_CONTENT)
def test_round_trip(content):
    assert unseal(seal(content)) == content


@given(_CONTENT, st.data())
def test_any_changed_byte_is_found(content, data):
    good = bytearray(seal(content))
    at = data.draw(st.integers(0, len(good) - 1))
    good[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != good[at]))
    with pytest.raises(DamagedError):
        unseal(bytes(good))


@given(_CONTENT, st.data())
def test_any_cut_or_added_byte_is_found(content, data):
    good = seal(content)
    at = data.draw(st.integers(0, len(good) - 1))
    for bad in (good[:at], good[:at] + b" " + good[at:], good + b"\n"):
        with pytest.raises(DamagedError):
            unseal(bad)


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"{}", b'{"a":1}', b"\xff", b'{"sha256":"0","sha256":"0"}'])
def test_what_was_never_sealed_is_refused(data):
    with pytest.raises(DamagedError):
        unseal(data)
