"""Hazard 10: members of one key that are not adjacent are put together within a window; beyond it, a row names both."""

import random

import pytest

from burnish.stores._tar.group import WINDOW_GROUPS
from burnish.values import Reason
from tests.builders import jpeg
from tests.stores._tar.shards import members, pairs, read, rows, spans_of, tar_bytes, triple, triples


@pytest.mark.parametrize("count", [2, WINDOW_GROUPS])
def test_sorted_by_suffix(count, tmp_path):
    items = read(tar_bytes(sorted(triples(count), key=lambda m: (m[0][-3:], m[0]))), tmp_path)
    assert [p.key for p in pairs(items)] == [f"{at:09d}" for at in range(count)]
    assert all(p.text == "a red apple" and p.fields == {"caption": "from json"} for p in pairs(items))
    assert not rows(items)


def test_shuffled_within_a_window(tmp_path):
    rng = random.Random(10)
    found = triples(WINDOW_GROUPS)
    rng.shuffle(found)
    items = read(tar_bytes(found), tmp_path)
    assert len(pairs(items)) == WINDOW_GROUPS
    assert {len(members(p)) for p in pairs(items)} == {3}
    assert not rows(items)


def test_beyond_the_window_a_row_names_both_offsets(tmp_path):
    far = [m for at in range(1, WINDOW_GROUPS + 2) for m in triple(f"{at:09d}")]
    data = tar_bytes([("000000000.jpg", jpeg()), *far, ("000000000.txt", b"late"), ("000000000.json", b"{}")])
    items = read(data, tmp_path)
    assert len(pairs(items)) == WINDOW_GROUPS + 2
    (fault,) = rows(items)
    assert fault.reason is Reason.INCOMPLETE_PAIR
    assert f"byte {spans_of(data)['000000000.txt'][0]:,};" in fault.detail
    assert "byte 0," in fault.detail
    assert b"late" in fault.raw


def test_tarfile_sees_the_same_members(tmp_path):
    found = sorted(triples(9), key=lambda m: m[0][-3:])
    items = read(tar_bytes(found), tmp_path)
    assert sorted(name for p in pairs(items) for name in members(p)) == sorted(name for name, _ in found)
