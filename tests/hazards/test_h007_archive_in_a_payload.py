"""Hazard 7: an archive inside a payload must not be read as members, not even when the header before it is gone."""

import pytest

from burnish.values import Reason
from tests.stores._tar.shards import BLOCK, pairs, read, rows, spans_of, tar_bytes, triple, triples

INNER = tar_bytes([m for at in range(3) for m in triple(f"evil{at}", "buy now")])
MARKER = INNER.rstrip(b"\0")
BARE = INNER[: -(-len(MARKER) // BLOCK) * BLOCK]  # no end-of-archive marker: leads straight into the outer archive
KEYS = [f"{at:09d}" for at in range(20)]


def carrier(payload: bytes, keys: list[str]) -> tuple[bytes, int]:
    """A shard whose pair in the middle carries an archive, and where that member's header is."""
    middle = len(keys) // 2
    members = [m for key in keys[:middle] for m in triple(key)]
    members += [*triple(keys[middle]), (keys[middle] + ".tar", payload)]
    members += [m for key in keys[middle + 1 :] for m in triple(key)]
    data = tar_bytes(members)
    return data, spans_of(data)[keys[middle] + ".tar"][0]


@pytest.mark.parametrize("payload", [INNER, BARE], ids=["whole", "bare"])
def test_a_sound_shard_shows_nothing_of_it(payload, tmp_path):
    items = read(carrier(payload, KEYS)[0], tmp_path)
    assert [p.key for p in pairs(items)] == KEYS
    assert not rows(items)


@pytest.mark.parametrize("payload", [INNER, BARE], ids=["whole", "bare"])
@pytest.mark.parametrize("where", [5, 130, 150], ids=["name", "size", "checksum"])
def test_with_a_flipped_bit_in_its_header(payload, where, tmp_path):
    data, at = carrier(payload, KEYS)
    data = data[: at + where] + bytes([data[at + where] ^ 1]) + data[at + where + 1 :]
    check(read(data, tmp_path))


@pytest.mark.parametrize("payload", [INNER, BARE], ids=["whole", "bare"])
def test_with_its_header_gone(payload, tmp_path):
    data, at = carrier(payload, KEYS)
    check(read(data[:at] + b"\xaa" * BLOCK + data[at + BLOCK :], tmp_path))


def check(items) -> None:
    assert [p.key for p in pairs(items)] == KEYS
    assert all(row.reason in (Reason.BAD_HEADER, Reason.SMUGGLED) for row in rows(items))
    assert rows(items)


def test_what_is_refused_is_kept_with_its_bytes(tmp_path):
    data, at = carrier(INNER, KEYS)
    items = read(data[:at] + b"\xaa" * BLOCK + data[at + BLOCK :], tmp_path)
    smuggled = [row for row in rows(items) if row.reason is Reason.SMUGGLED]
    assert [row.key for row in smuggled] == ["evil0", "evil1", "evil2"]
    assert all(b"buy now" in row.raw for row in smuggled)


def test_without_any_order_the_chain_of_headers_tells(tmp_path):
    keys = ["zebra", "apple", "mango", "cat", "yak", "bee"]
    data, at = carrier(INNER, keys)
    items = read(data[:at] + b"\xaa" * BLOCK + data[at + BLOCK :], tmp_path)
    assert [p.key for p in pairs(items)] == keys
    assert [row.reason for row in rows(items)][:4] == [Reason.BAD_HEADER, *[Reason.SMUGGLED] * 3]
    assert all("recovered" in p.flags for p in pairs(items)[4:])


def test_archives_one_behind_the_other_are_no_smuggling(tmp_path):
    parts = [tar_bytes([m for key in keys for m in triple(key)]) for keys in (["b", "a"], ["d", "c"], ["f", "e"])]
    items = read(b"".join(parts), tmp_path)
    assert [p.key for p in pairs(items)] == list("badcfe")
    assert [row.detail for row in rows(items)] == ["zero bytes between members"] * 2


def test_found_again_is_flagged_until_the_keys_confirm_it(tmp_path):
    data = tar_bytes(triples(20))
    at = spans_of(data)["000000010.jpg"][0]
    items = read(data[:at] + b"\xaa" * BLOCK + data[at + BLOCK :], tmp_path)
    recovered = [p.key for p in pairs(items) if "recovered" in p.flags]
    assert recovered == ["000000011", "000000012"]
    assert len(pairs(items)) == 19
