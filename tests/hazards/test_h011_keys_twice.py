"""Hazard 11: the same key twice, near, far, or in another case: both pairs kept, flagged, told apart by ordinal."""

import pytest

from burnish.stores._tar.group import WINDOW_GROUPS
from tests.stores._tar.shards import pairs, read, rows, tar_bytes, triple, triples


def test_adjacent(tmp_path):
    items = read(tar_bytes([*triple("a", "one"), *triple("a", "two")]), tmp_path)
    assert [(p.key, p.text, p.origin.ordinal) for p in pairs(items)] == [("a", "one", 0), ("a", "two", 1)]
    assert all("duplicate_key" in p.flags for p in pairs(items))
    assert not rows(items)


def test_far_apart(tmp_path):
    between = [m for at in range(WINDOW_GROUPS + 5) for m in triple(f"{at:09d}")]
    items = read(tar_bytes([*triple("a", "one"), *between, *triple("a", "two")]), tmp_path)
    assert [p.text for p in pairs(items) if p.key == "a"] == ["one", "two"]
    assert "duplicate_key" in pairs(items)[-1].flags
    assert not rows(items)


def test_case_only(tmp_path):
    items = read(tar_bytes([*triple("Cat", "one"), *triple("cat", "two")]), tmp_path)
    assert [(p.key, p.text) for p in pairs(items)] == [("Cat", "one"), ("cat", "two")]
    assert "duplicate_key" in pairs(items)[1].flags


@pytest.mark.parametrize("suffix", ["json", "txt"])
def test_one_member_written_twice_is_carried(suffix, tmp_path):
    members = [m for name, raw in triple("a") for m in ((name, raw),) * (2 if name.endswith(suffix) else 1)]
    items = read(tar_bytes([*members, *triples(1)]), tmp_path)
    assert [p.key for p in pairs(items)] == ["a", "000000000"]
    assert pairs(items)[0].text == "a red apple"
    assert not rows(items)


def test_across_shards_nothing_is_merged(tmp_path):
    for name in ("00000.tar", "00001.tar"):
        items = read(tar_bytes(triple("a")), tmp_path, name)
        assert [(p.key, p.origin.shard, p.origin.ordinal) for p in pairs(items)] == [("a", name, 0)]
